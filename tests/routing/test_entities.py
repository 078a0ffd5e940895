from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from routing import entities
from routing.email import Attachment
from tests.routing.mails import mail


def found(text: str) -> list[tuple[str, str]]:
    return [(entity.kind, entity.value) for entity in entities.extract(mail(text=text), entities.BUILT_IN)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("where is order #123456?", "order_id", "123456"),
        ("Order no. 123456", "order_id", "123456"),
        ("ORDER NUMBER: 123456", "order_id", "123456"),
        ("my order number is 4711", "order_id", "4711"),
        ("order 123456", "order_id", "123456"),
        ("for po-12345 please", "po_number", "PO-12345"),
        ("see inv-2024-001", "invoice_number", "INV-2024-001"),
        ("Invoice 12345", "invoice_number", "12345"),
        ("invoice no. 12345", "invoice_number", "12345"),
    ],
)
def test_numbers_are_found_as_customers_write_them(text: str, kind: str, value: str) -> None:
    assert found(text) == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    ["we order 2024 calendars", "in order to", "reorder #", "DEPO-12345", "the invoice is wrong", "PO-1"],
)
def test_words_of_daily_life_are_no_numbers(text: str) -> None:
    assert found(text) == []


def test_entities_say_where_they_stand_in_reading_order() -> None:
    email = mail(
        subject="PO-777 and order #123",
        text="über INV-1",
        attachments=(Attachment(filename="invoice 98765.pdf", content_type="application/pdf", size=1),),
    )
    places = [(e.kind, e.field, e.start, e.end) for e in entities.extract(email, entities.BUILT_IN)]
    assert places == [
        ("po_number", "subject", 0, 6),
        ("order_id", "subject", 11, 21),
        ("invoice_number", "text", 5, 10),
        ("invoice_number", "attachment", 0, 13),
    ]


def test_a_pasted_list_of_numbers_is_cut() -> None:
    assert 0 < len(found("PO-12345 " * 5000)) <= 50


def test_an_extractor_must_find_its_own_examples() -> None:
    with pytest.raises(ValidationError, match="finds nothing in its example 'RMA-1'"):
        entities.Extractor(id="rma", pattern=r"RMA-\d{6}", examples=("RMA-123456", "RMA-1"))


@given(st.text())
def test_any_text_is_read_and_spans_cut_out_what_was_matched(text: str) -> None:
    for entity in entities.extract(mail(text=f"{text} order #12345 {text}"), entities.BUILT_IN):
        if entity.field == "text":
            assert entity.value in f"{text} order #12345 {text}"[entity.start : entity.end].upper()
