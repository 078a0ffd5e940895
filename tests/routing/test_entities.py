from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from routing import entities
from routing.email import Attachment, InboundEmail
from routing.haystack import Haystack
from tests.routing.mails import mail

if TYPE_CHECKING:
    from routing.decision import Entity


def extract(email: InboundEmail, *own: entities.Extractor) -> tuple[Entity, ...]:
    return entities.Extraction((*entities.BUILT_IN, *own)).of(entities.texts_of(email))


def found(text: str) -> list[tuple[str, str]]:
    return [(entity.kind, entity.value) for entity in extract(mail(text=text))]


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
        ("my account number is AC-204711", "account_id", "AC-204711"),
        ("Customer ID: 4711", "account_id", "4711"),
        ("account 204711", "account_id", "204711"),
        ("Meine Kundennummer lautet 204711", "account_id", "204711"),
        ("Kunden-Nr. 204711", "account_id", "204711"),
        ("número de cliente: 204711", "account_id", "204711"),
        ("UPS says 1Z 4A7 B19 03 1122 3342", "tracking_number", "1Z4A7B190311223342"),
    ],
)
def test_numbers_are_found_as_customers_write_them(text: str, kind: str, value: str) -> None:
    assert found(text) == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "we order 2024 calendars",
        "in order to",
        "reorder #",
        "DEPO-12345",
        "the invoice is wrong",
        "PO-1",
        "no account 2024",
    ],
)
def test_words_of_daily_life_are_no_numbers(text: str) -> None:
    assert found(text) == []


def test_entities_say_where_they_stand_in_reading_order() -> None:
    email = mail(
        subject="PO-777 and order #123",
        text="über INV-1",
        attachments=(Attachment(filename="invoice 98765.pdf", content_type="application/pdf", size=1),),
    )
    places = [(e.kind, e.field, e.start, e.end) for e in extract(email)]
    assert places == [
        ("po_number", "subject", 0, 6),
        ("order_id", "subject", 11, 21),
        ("invoice_number", "text", 5, 10),
        ("invoice_number", "attachment", 0, 13),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # All of these digits pass the check of a courier that is named.
        ("FedEx lost order #204711000041", [("order_id", "204711000041")]),
        ("FedEx, invoice 204711000041", [("invoice_number", "204711000041")]),
        ("FedEx customer number 204711000041", [("account_id", "204711000041")]),
        (
            "FedEx 204711000041 of order #204711",
            [("tracking_number", "204711000041"), ("order_id", "204711")],
        ),
        ("order 9400204711000000000000", [("tracking_number", "9400204711000000000000")]),
    ],
)
def test_one_stretch_of_text_is_one_entity(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_the_desks_own_way_to_write_a_number_counts_more() -> None:
    contract = entities.Extractor(id="contract", pattern=r"\bAC-\d{6}\b", examples=("AC-204711",))
    parcel = "1Z4A7B190311223342"
    found = extract(mail(text=f"account number AC-204711, {parcel}"), contract)
    assert [entity.kind for entity in found] == ["contract", "tracking_number"]


def test_a_chip_names_the_courier() -> None:
    (parcel,) = extract(mail(text="1Z4A7B190311223342"))
    assert (parcel.label, parcel.detail) == ("UPS", "UPS")


def test_a_pasted_list_of_numbers_is_cut() -> None:
    assert 0 < len(found("PO-12345 " * 5000)) <= 50


def test_an_extractor_must_find_its_own_examples() -> None:
    with pytest.raises(ValidationError, match="finds nothing in its example 'RMA-1'"):
        entities.Extractor(id="rma", pattern=r"RMA-\d{6}", examples=("RMA-123456", "RMA-1"))


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"examples": ("card 79927398710",)}, "'79927398710' fails the check luhn"),
        (
            {"counter_examples": ("card 7992-7398-713",)},
            "finds '79927398713' in its counter-example 'card 7992-",
        ),
        ({"check": "mod11"}, "'luhn', 'gs1' or 'mod97'"),
    ],
)
def test_an_extractor_must_agree_with_its_texts(given: dict[str, object], fault: str) -> None:
    card = {
        "id": "card",
        "pattern": r"card ([\d-]+)",
        "examples": ("card 79927398713",),
        "check": "luhn",
        "strip": "-",
    }
    with pytest.raises(ValidationError, match=fault):
        entities.Extractor.model_validate(card | given)


def test_an_extractor_leaves_out_characters_and_misread_numbers() -> None:
    iban = entities.Extractor(
        id="iban",
        pattern=r"\b[A-Z]{2}\d{2}[ -]?(?:[0-9A-Z]{4}[ -]?){3,7}[0-9A-Z]{1,4}\b",
        examples=("GB82 WEST 1234 5698 7654 32",),
        counter_examples=("GB83 WEST 1234 5698 7654 32",),
        strip=" -",
        check="mod97",
    )
    (entity,) = iban.find(Haystack("to gb82-west-1234-5698-7654-32."), field="text")
    assert (entity.value, entity.start, entity.end) == ("GB82WEST12345698765432", 3, 30)


def test_words_of_nothing_but_stripped_characters_are_no_entity() -> None:
    dashes = entities.Extractor(id="x", pattern=r"[-\d]+", examples=("1-",), strip="-")
    assert [entity.value for entity in dashes.find(Haystack("-- 1-2"), field="text")] == ["12"]


@given(st.text())
def test_any_text_is_read_and_spans_cut_out_what_was_matched(text: str) -> None:
    for entity in extract(mail(text=f"{text} order #12345 {text}")):
        if entity.field == "text":
            assert entity.value in f"{text} order #12345 {text}"[entity.start : entity.end].upper()
