"""The smaller messages: moved, unparseable, follow-up, replay, help, dead letters."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from blocks import dead_letters, follow_up, ids, moved_notice, replay_report, unparseable_card
from blocks import help as support_help
from routing.bounces import Bounce, BouncedRecipient
from routing.email import Address
from routing.visible_text import CutKind
from tests.blocks import factories
from tests.blocks.factories import RECEIVED_AT, TRACE_URL, decision

if TYPE_CHECKING:
    from blocks.message import SlackMessage

_MARIA = Address(email="maria@example.com", name="Maria <!here>")


def test_a_moved_card_says_where_it_went_and_who_moved_it() -> None:
    message = moved_notice.build(reference="DB-1042", channel_id="C0ORDERS", moved_by="U1")
    assert factories.shown(message) == "➡️ DB-1042 moved to <#C0ORDERS> by <@U1>"


def test_a_moved_card_links_to_its_new_place_once_there_is_one() -> None:
    link = "https://acme.slack.example/archives/C0ORDERS/p1"
    message = moved_notice.build(reference="DB-1042", channel_id="C0ORDERS", moved_by="U1", permalink=link)
    assert f"<{link}|DB-1042> moved to" in factories.shown(message)


def _unparseable(beginning: str) -> SlackMessage:
    message = unparseable_card.build(
        source="shop",
        reason="charset x-none is unknown",
        size=2_048,
        beginning=beginning,
        trace_url=TRACE_URL,
    )
    assert factories.labels(message) == ["Trace"]
    return message


def test_an_unreadable_mail_shows_its_beginning_and_asks_for_a_hand() -> None:
    message = _unparseable("From: <!channel>\n" * 100)
    shown = factories.shown(message)
    assert "charset x-none is unknown" in shown
    assert factories.quotes(message)[0].startswith("From: <!channel>\n")
    assert "2 KB" in shown
    assert "by hand" in shown


def test_an_unreadable_mail_without_a_body_says_so() -> None:
    assert "_The body is empty._" in factories.shown(_unparseable(""))


def _follow_up(words: str, *kinds: CutKind, **changes: Any) -> SlackMessage:
    visible = factories.visible(words, *kinds)
    return follow_up.build(**{"author": _MARIA, "visible": visible, "trace_url": TRACE_URL, **changes})


def test_a_second_mail_is_shown_with_its_words_and_files() -> None:
    message = _follow_up("Any <@U1> news?", files=factories.files(7))
    shown = factories.shown(message)
    assert "Maria &lt;!here&gt; &lt;maria@example.com&gt; wrote" in shown
    assert factories.quotes(message) == ["Any <@U1> news?"]
    assert "`scan-5.pdf` 84 KB\nand 2 more" in shown
    assert message.text == "Maria &lt;!here&gt; wrote again"


def test_a_second_mail_without_files_has_no_line_for_them() -> None:
    assert "📎" not in factories.shown(_follow_up("Any news?"))


def test_a_long_second_mail_stays_within_the_limits() -> None:
    body = "&" * 100_000
    (quoted,) = factories.quotes(_follow_up(body, files=factories.files(30)))
    assert quoted.endswith("&…")


def test_a_second_mail_says_what_it_does_not_show_and_where_all_of_it_is() -> None:
    shown = factories.shown(_follow_up("Any news?", CutKind.SIGNATURE, CutKind.QUOTE))
    assert f"Not shown: quoted history, signature. <{TRACE_URL.replace('&', '&amp;')}|Full mail>" in shown
    assert "Not shown" not in factories.shown(_follow_up("Any news?"))


def test_a_second_mail_without_a_sender_is_shown_all_the_same() -> None:
    assert "✉️ Somebody unknown wrote" in factories.shown(_follow_up("Beep.", author=None))


def _returned(*recipients: BouncedRecipient) -> str:
    bounce = Bounce(recipients=recipients, original_message_id=None)
    return factories.shown(follow_up.undelivered(bounce, trace_url=TRACE_URL))


def test_a_mail_that_came_back_says_for_whom_and_why() -> None:
    full = BouncedRecipient(address="maria@example.com", status="5.2.2", diagnostic="552 <quota>")
    assert "⚠️ Not delivered to maria@example.com: mailbox full (5.2.2)" in _returned(full)
    assert "Not delivered to the customer" in _returned()


def test_a_mail_that_came_back_from_many_names_five() -> None:
    many = [BouncedRecipient(address=f"{n}@example.com", status="5.1.1", diagnostic="") for n in range(9)]
    assert "4@example.com: no such address (5.1.1)\nand 4 more" in _returned(*many)


def test_a_sent_reply_says_who_answered_whom_with_what() -> None:
    message = follow_up.sent_reply(agent_id="U1", to=_MARIA, body="Your money is on its way.")
    assert "<@U1> answered\nMaria &lt;!here&gt; &lt;maria@example.com&gt;" in factories.shown(message)
    assert factories.quotes(message) == ["Your money is on its way."]


def test_a_replay_that_changes_nothing_says_so() -> None:
    later_rules = decision(ruleset="fedcba9876543210")
    message = replay_report.build("DB-1042", decision(), later_rules)
    assert "No change: today's rules decide the same." in factories.shown(message)
    assert message.text.startswith("Replay of DB-1042: No change")


def test_a_replay_sets_then_and_now_side_by_side_and_marks_the_difference() -> None:
    message = replay_report.build("DB-1042", decision(), decision(queue="orders", rule="orders-refund"))
    blocks = message.payload()["blocks"]
    then, now = next(block["fields"] for block in blocks if "fields" in block)
    assert "Queue: *billing*" in then["text"]
    assert "Queue: *orders*" in now["text"]
    assert "Intent: refund, 92\N{NO-BREAK SPACE}%" in now["text"]
    assert "Would change: queue, rule." in factories.shown(message)


def test_help_shows_every_command_with_the_desks_own_prefix() -> None:
    shown = factories.shown(support_help.build(prefix="AC"))
    for command in (
        "/support`",
        "/support ticket AC-1042`",
        "/support replay AC-1042`",
        "/support dead-letters`",
        "/support parked`",
    ):
        assert command in shown


def _letters(count: int, **changes: Any) -> list[dead_letters.DeadLetter]:
    values = {
        "kind": "slack.post_card",
        "destination": "#billing",
        "created_at": RECEIVED_AT,
        "reason": "channel_not_found",
        "attempts": 3,
        **changes,
    }
    return [dead_letters.DeadLetter(id=number, **values) for number in range(1, count + 1)]


def test_no_dead_letters_is_good_news() -> None:
    message = dead_letters.build([], total=0, now=RECEIVED_AT)
    assert factories.shown(message) == "No dead letters: everything was delivered."


def test_a_dead_letter_says_what_failed_why_and_how_often() -> None:
    message = dead_letters.build(_letters(1), total=1, now=RECEIVED_AT + timedelta(hours=3))
    assert (
        "*#1* `slack.post_card` to #billing\nchannel_not_found\n3 hours old, 3 attempts"
        in factories.shown(message)
    )
    retry, discard = factories.elements(message)
    assert {ids.DeadLetterRef.decode(button["value"]).entry_id for button in (retry, discard)} == {1}
    assert "confirm" in discard, "what is discarded does not come back"


def test_ten_dead_letters_are_listed_and_the_rest_is_counted() -> None:
    message = dead_letters.build(_letters(12, reason="&" * 9_000), total=1_312, now=RECEIVED_AT)
    assert factories.labels(message) == ["Retry", "Discard"] * 10
    assert "and 1,302 more" in factories.shown(message)
