"""The page of a replay."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.replaying import html_report
from bot.replaying.result import Result
from routing.replay import Outcome, Report, Verdict
from routing.replay_tally import Tally

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\" onmouseover='x'"


def page(report: Report, *, done: int, planned: int) -> str:
    found = Result(report=report, ruleset="0" * 64, done=done, planned=planned)
    return html_report.render(
        found, link=lambda trace_id: f"https://desk.example/{trace_id}?a=1&b=2", now=NOW
    )


def test_what_a_customer_wrote_is_text() -> None:
    tally = Tally()
    then = Verdict(queue="billing", intent="refund", confidence=0.9, rule="money")
    now = Verdict(queue="orders", intent="parcel", confidence=0.8, rule="parcel")
    tally.add(
        Outcome(trace_id="t1", received_at=NOW, subject=HOSTILE, then=then, now=now, final_queue="billing")
    )
    shown = page(tally.report(), done=1, planned=1)
    assert "<script" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34; onmouseover=&#39;x&#39;</a>" in shown
    assert 'href="https://desk.example/t1?a=1&amp;b=2"' in shown
    assert '<p class="verdict bad">' in shown
    assert '<span class="pill bad">agents: billing</span>' in shown


def test_a_replay_that_was_stopped_says_so() -> None:
    assert "Partial: it was stopped after 1,000 of 3,000 mails" in page(Report(), done=1_000, planned=3_000)
    assert "Partial" not in page(Report(), done=3_000, planned=3_000)
