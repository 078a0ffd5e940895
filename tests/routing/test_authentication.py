from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import authentication
from routing.authentication import Authentication
from tests.routing.mails import mail

OURS = ("mx.acme.example",)


def judge(*values: str, **changes: object) -> Authentication:
    headers = tuple(("Authentication-Results", value) for value in values)
    return authentication.judge(mail(headers=headers, **changes), OURS)


def test_results_of_our_own_server_count() -> None:
    found = judge(
        "mx.acme.example 1; spf=pass smtp.mailfrom=customer.example;"
        ' dkim=fail reason="bad; dmarc=pass" header.d=x.example; dkim/1=PASS; dmarc=none'
    )
    assert found == Authentication(spf="pass", dkim="pass", dmarc="none")
    assert not found.is_failed


@pytest.mark.parametrize(
    "value",
    [
        "elsewhere.example; dmarc=pass",
        "mx.acme.example.evil.test; dmarc=pass",
        "(mx.acme.example) x; dmarc=pass",
        "",
    ],
)
def test_what_others_wrote_does_not_count(value: str) -> None:
    assert judge(value) == Authentication(spf=None, dkim=None, dmarc=None)
    assert judge(value, spf_pass=False).is_failed


def test_only_the_topmost_header_of_ours_counts() -> None:
    assert judge(
        "elsewhere.example; dmarc=pass", "MX.acme.example; dmarc=fail", "mx.acme.example; dmarc=pass"
    ).is_failed


def test_without_a_configured_server_no_header_counts() -> None:
    email = mail(headers=(("Authentication-Results", "mx.acme.example; dmarc=fail"),), dkim_pass=True)
    assert authentication.judge(email, ()) == Authentication(spf=None, dkim="pass", dmarc=None)


@pytest.mark.parametrize(
    "comment",
    ["(x; dmarc=pass)", "(a (nested; dmarc=pass) one)", r"(a \) still; dmarc=pass)"],
)
def test_comments_say_nothing(comment: str) -> None:
    assert judge(f"mx.acme.example {comment}; {comment} spf=fail").spf == "fail"
    assert judge(f"mx.acme.example {comment}; spf=fail").dmarc is None


@pytest.mark.parametrize(
    ("results", "is_failed"),
    [
        ("dmarc=fail; spf=pass; dkim=pass", True),
        ("spf=fail; dkim=fail", True),
        ("spf=fail", True),
        ("spf=fail; dkim=none", True),
        ("spf=fail; dkim=pass", False),
        ("spf=fail; dmarc=pass", False),
        ("spf=softfail", False),
        ("spf=none; dkim=none; dmarc=none", False),
        ("none", False),
    ],
)
def test_one_pass_is_enough_and_dmarc_has_the_last_word(results: str, is_failed: bool) -> None:  # noqa: FBT001
    found = judge(f"mx.acme.example; {results}")
    assert found.is_failed is is_failed
    assert bool(found.reasons) is is_failed


def test_reason_names_what_failed() -> None:
    assert judge(spf_pass=False, dkim_pass=False).reasons == (
        "SPF and DKIM failed and nothing passed: the sender may be forged",
    )


@given(
    st.text() | st.lists(st.sampled_from([*list('();="\\ '), "mx.acme.example", "spf", "fail"])).map("".join)
)
def test_any_value_is_read(value: str) -> None:
    judge(value)


@pytest.mark.parametrize(
    "text", ["(" * 100_000, '"' * 99_999, '"\\' * 50_000, "\\" * 100_000, "()" * 50_000, ";" * 100_000]
)
def test_hostile_header_takes_a_fraction_of_a_second(text: str) -> None:
    start = time.process_time()
    judge(f"mx.acme.example; {text}")
    assert time.process_time() - start < 0.2
