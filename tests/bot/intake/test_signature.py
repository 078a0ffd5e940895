from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intake import signature

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
RAW = '{"subject": "Grüße"}'.encode()


def plain(secret: str, *, prefix: str = "") -> dict[str, str]:
    return {"X-Signature": prefix + hmac.digest(secret.encode(), RAW, "sha256").hex()}


def standard(key: bytes, *, at: datetime = NOW, delivery_id: str = "msg_1") -> dict[str, str]:
    timestamp = str(int(at.timestamp()))
    signed = f"{delivery_id}.{timestamp}.".encode() + RAW
    value = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    return {"webhook-id": delivery_id, "webhook-timestamp": timestamp, "webhook-signature": f"v1,{value}"}


def is_valid(headers: dict[str, str], *secrets: str) -> bool:
    try:
        signature.verify(RAW, headers, secrets, now=NOW)
    except signature.SignatureInvalidError:
        return False
    return True


@pytest.mark.parametrize("prefix", ["", "sha256=", "SHA256="])
def test_hex_signature_is_accepted_with_and_without_its_prefix(prefix: str) -> None:
    assert signature.verify(RAW, plain("one", prefix=prefix), ["one"], now=NOW) is None


def test_hex_signature_in_capitals_is_accepted() -> None:
    headers = {"X-Signature": plain("one")["X-Signature"].upper()}
    assert is_valid(headers, "one")


def test_any_active_secret_may_have_signed() -> None:
    assert is_valid(plain("new"), "old", "new")
    assert is_valid(standard(b"old"), "old", "new")
    assert not is_valid(plain("gone"), "old", "new")
    assert not is_valid(standard(b"gone"), "old", "new")


def test_standard_signature_gives_the_delivery_id_that_it_covers() -> None:
    assert signature.verify(RAW, standard(b"one", delivery_id="msg_7"), ["one"], now=NOW) == "msg_7"


def test_delivery_id_that_no_signature_covers_is_not_believed() -> None:
    headers = plain("one") | {"webhook-id": "msg_1"}
    assert signature.verify(RAW, headers, ["one"], now=NOW) is None


def test_secret_with_prefix_is_base64() -> None:
    key = b"\x00\xffkey"
    assert is_valid(standard(key), "whsec_" + base64.b64encode(key).decode())


def test_one_of_several_signatures_is_enough() -> None:
    headers = standard(b"one")
    headers["webhook-signature"] = f"v1a,AAAA v1,AAAA {headers['webhook-signature']} v2,x"
    assert is_valid(headers, "one")


@pytest.mark.parametrize("distance", [timedelta(minutes=5), timedelta(minutes=-5)])
def test_timestamp_may_be_five_minutes_off_and_not_a_second_more(distance: timedelta) -> None:
    further = distance + timedelta(seconds=1 if distance > timedelta() else -1)
    assert is_valid(standard(b"one", at=NOW + distance), "one")
    assert not is_valid(standard(b"one", at=NOW + further), "one")


def test_standard_signature_decides_alone_so_that_an_old_request_stays_old() -> None:
    headers = plain("one") | standard(b"one", at=NOW - timedelta(hours=1))
    assert not is_valid(headers, "one")


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": ""},
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "٣"},
        {"webhook-timestamp": "9" * 5000},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,é"},
    ],
)
def test_every_fault_of_a_standard_request_is_the_same_error(change: dict[str, str]) -> None:
    with pytest.raises(signature.SignatureInvalidError, match=r"^The request carries no valid signature\.$"):
        signature.verify(RAW, standard(b"one") | change, ["one"], now=NOW)


@given(
    value=st.text("v1,= aAé\udc80\0٣-"),
    name=st.sampled_from(["X-Signature", "webhook-signature", "webhook-timestamp", "webhook-id"]),
)
def test_no_header_value_is_accepted_by_chance_or_raises_another_error(name: str, value: str) -> None:
    complete = {"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
    headers = {name: value} if name == "X-Signature" else complete | {name: value}
    assert not is_valid(headers, "one")


def test_without_a_secret_nobody_comes_in() -> None:
    assert not is_valid(plain("one"))


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64"])
def test_secret_that_protects_nothing_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match=r"empty|base64"):
        signature.key(secret)


@given(st.binary(), st.text(st.characters(codec="ascii", exclude_categories=("C",)), min_size=1))
def test_what_we_sign_is_what_we_accept(raw: bytes, secret: str) -> None:
    headers = signature.sign(raw, delivery_id="msg_1", secret=f"a{secret}", now=NOW)
    assert signature.verify(raw, headers, [f"a{secret}"], now=NOW) == "msg_1"


def test_a_signature_is_the_one_of_the_standard() -> None:
    """Computed once by hand: HMAC-SHA256 of `msg_7.1795521600.{}` with the key `one`."""
    headers = signature.sign(b"{}", delivery_id="msg_7", secret="whsec_b25l", now=NOW)
    expected = base64.b64encode(hmac.digest(b"one", b"msg_7.1795521600.{}", "sha256")).decode()
    assert headers == {
        "webhook-id": "msg_7",
        "webhook-timestamp": "1795521600",
        "webhook-signature": f"v1,{expected}",
    }
