"""The tests that stand in a configuration: each must come out as it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.check import marking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config import SupportConfig
    from bot.yaml_file import Document, Problem
    from routing.trials import Bench


def failing(config: SupportConfig, document: Document, bench: Bench) -> Iterator[Problem]:
    """Yield each test that fails, at what it expects."""
    for place, rule in enumerate(config.rules):
        for number, test in enumerate(rule.tests):
            if failure := bench.failure(test, rule):
                loc = ("rules", place, "tests", number, "expect")
                yield marking.error(document, loc, "failing-test", failure)
    for number, desk_test in enumerate(config.tests):
        if failure := bench.failure(desk_test):
            yield marking.error(document, ("tests", number, "expect"), "failing-test", failure)


def missing(config: SupportConfig, document: Document) -> Iterator[Problem]:
    """Yield each rule that has no test."""
    for place, rule in enumerate(config.rules):
        if not rule.tests:
            message = "this rule has no tests: give it a mail that it must match, and one that it must not"
            yield marking.warning(document, ("rules", place, "id"), "untested-rule", message)
