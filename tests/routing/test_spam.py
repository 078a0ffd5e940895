from __future__ import annotations

import pytest

from routing import spam
from tests.routing.mails import mail, with_header


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Spam-Flag", "YES"),
        ("x-spam-status", "Yes, score=9.1 required=5.0"),
        ("X-Mailgun-Sflag", "Yes"),
        ("X-SES-Spam-Verdict", "FAIL"),
    ],
)
def test_the_header_that_says_so_is_named(name: str, value: str) -> None:
    assert spam.verdict(with_header(name, value)) == f"{spam_name(name)}: {value}"


def spam_name(name: str) -> str:
    return {"x-spam-status": "X-Spam-Status"}.get(name, name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Spam-Flag", "NO"),
        ("X-Spam-Status", "No, score=0.1"),
        ("X-SES-Spam-Verdict", "PASS"),
        ("X-Spam-Score", "9"),
    ],
)
def test_any_other_verdict_is_none(name: str, value: str) -> None:
    assert spam.verdict(with_header(name, value)) is None


def test_a_mail_without_a_verdict_is_no_spam() -> None:
    assert spam.verdict(mail(subject="You have won")) is None
