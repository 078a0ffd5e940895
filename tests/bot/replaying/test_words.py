"""What a report says in sentences, and the line that moves while one waits."""

from __future__ import annotations

import io

import pytest

from bot.replaying import progress_line, result
from bot.replaying.progress_line import ProgressLine
from bot.replaying.runner import Progress
from routing.replay import Agreement, Report

HALF = Progress(done=500, total=1_000, report=Report())


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (Report(), "No decided mail was found."),
        (Report(total=1, unchanged=1), "Nothing changes: 1 mail would be decided as before."),
        (Report(total=9, unchanged=8, details=1), "Nothing moves: 9 mails would go where they went."),
        (Report(total=1_200, moved=37), "37 of 1,200 mails would move (3.1%)."),
    ],
)
def test_the_headline_says_what_moves(report: Report, words: str) -> None:
    assert result.headline(report) == words


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Agreement(), "No agent has confirmed the queue"),
        (Agreement(confirmed=4, before=3, after=3), "stays at 75.0% of 4 mails that they have worked on."),
        (Agreement(confirmed=4, before=3, after=3, gained=1, lost=1), "1 would become right, 1 wrong."),
        (Agreement(confirmed=4, before=2, after=3, gained=1), "rises from 50.0% to 75.0% of 4 mails"),
        (Agreement(confirmed=4, before=3, after=0, lost=3), "falls from 75.0% to 0% of 4 mails"),
    ],
)
def test_the_verdict_says_whether_it_is_better(found: Agreement, words: str) -> None:
    assert words in result.agreement(found)


def test_only_all_is_a_hundred_percent_and_only_none_is_zero() -> None:
    assert [result.percent(part, 100_000) for part in (0, 1, 99_999, 100_000)] == [
        "0%",
        "<0.1%",
        "99.9%",
        "100%",
    ]


def test_the_line_tells_rate_and_time_left() -> None:
    line = progress_line.words(HALF, seconds=2)
    assert line == "[############------------]  50%  500 of 1,000 mails, 250/s, 2 s left"
    assert progress_line.words(HALF, seconds=500).endswith("1/s, 8 min 20 s left")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_has_one_line_that_is_wiped_at_the_end() -> None:
    terminal, times = Terminal(), iter((0.0, 1.0, 1.01, 2.0))
    line = ProgressLine(terminal, clock=lambda: next(times))
    for _ in range(3):
        line.show(HALF)
    line.clear()
    pictures = terminal.getvalue().split("\r")
    assert "\n" not in terminal.getvalue()
    assert [picture[-10:] for picture in pictures[1:3]] == [", 1 s left", ", 2 s left"], "one came too soon"
    assert (pictures[-2].strip(), pictures[-1]) == ("", "")


def test_a_log_gets_a_line_every_few_seconds() -> None:
    log, times = io.StringIO(), iter((0.0, 1.0, 6.0, 7.0))
    line = ProgressLine(log, clock=lambda: next(times))
    for _ in range(3):
        line.show(HALF)
    line.clear()
    assert log.getvalue() == f"{progress_line.words(HALF, seconds=6)}\n"
