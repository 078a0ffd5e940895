from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.reply_tokens import ReplyTokens

TOKENS = ReplyTokens(secret="a secret of the tests", prefix="DB", addresses=["support@acme.example"])
OTHERS = ReplyTokens(secret="another secret", prefix="DB", addresses=["support@acme.example"])

ticket_ids = st.integers(min_value=1, max_value=10**12)


@given(ticket_ids)
def test_an_address_leads_back_to_its_ticket_in_any_case(ticket_id: int) -> None:
    address = TOKENS.address(ticket_id, base="support@acme.example")
    assert TOKENS.ticket_of_addresses(["else@acme.example", address.upper()]) == (ticket_id, address.upper())


@given(ticket_ids)
def test_a_subject_leads_back_to_its_ticket(ticket_id: int) -> None:
    mark = TOKENS.subject_mark(ticket_id)
    found = TOKENS.ticket_of_subject(f"AW: Re: Refund [DB-{ticket_id}] ({mark}) thanks")
    assert found == (ticket_id, f"[DB-{ticket_id}] ({mark})")


@given(ticket_ids, ticket_ids)
def test_the_mark_of_one_ticket_opens_no_other(ticket_id: int, other: int) -> None:
    address = TOKENS.address(ticket_id, base="support@acme.example")
    moved = address.replace(f"DB{ticket_id}.", f"DB{other}.")
    assert (TOKENS.ticket_of_addresses([moved]) is not None) == (ticket_id == other)


def test_a_mark_of_another_secret_is_none() -> None:
    address = OTHERS.address(1042, base="support@acme.example")
    assert TOKENS.ticket_of_addresses([address]) is None
    assert TOKENS.ticket_of_subject(f"[DB-1042] ({OTHERS.subject_mark(1042)})") is None


def test_an_address_of_another_desk_is_none() -> None:
    assert TOKENS.ticket_of_addresses([TOKENS.address(1042, base="support@evil.example")]) is None


@pytest.mark.parametrize("subject", ["Refund [DB-1042]", "[db-1042] (aaaaaa)"])
def test_a_number_alone_is_only_a_hint(subject: str) -> None:
    assert TOKENS.ticket_of_subject(subject) is None
    assert TOKENS.number_in_subject(subject) == 1042


@given(st.text(), st.lists(st.text(), max_size=3))
def test_any_text_is_read_without_an_error(subject: str, addresses: list[str]) -> None:
    TOKENS.ticket_of_subject(subject)
    TOKENS.number_in_subject(subject)
    TOKENS.ticket_of_addresses(addresses)
