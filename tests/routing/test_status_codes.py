from __future__ import annotations

import pytest

from routing import status_codes


@pytest.mark.parametrize(
    ("status", "phrase"),
    [
        ("5.1.1", "no such address (5.1.1)"),
        ("4.2.2", "mailbox full (4.2.2)"),
        ("5.7.26", "refused for good (5.7.26)"),
        ("4.9.9", "not deliverable at the moment (4.9.9)"),
        ("odd", "not delivered (odd)"),
    ],
)
def test_a_status_is_told_in_words_that_fit_as_far_as_they_are_known(status: str, phrase: str) -> None:
    assert status_codes.phrase(status) == phrase
