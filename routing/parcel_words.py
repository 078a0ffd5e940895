"""The words near a long number that say whether it is a parcel's, and whose."""

from __future__ import annotations

import re
from typing import NamedTuple

from routing import patterns

_HEAD, _BEFORE, _AFTER = 400, 48, 24
"""Characters before a number that are read, those without other long numbers in which words count, and those behind."""
_NUMBERS = re.compile(r"[0-9][0-9 ,;]{8,}")
_NAMES = {
    "UPS": r"\bups\b",
    "FedEx": r"\bfed ?ex\b|\bfederal express\b",
    "USPS": r"\busps\b|\bpostal service\b",
    "DHL": r"\bdhl\b",
    "DPD": r"\bdpd\b",
    "Canada Post": r"\bcanada ?post\b|\bpostes canada\b",
    "OnTrac": r"\bontrac\b",
    "LaserShip": r"\blaser ?ship\b",
    "Purolator": r"\bpurolator\b",
    "Old Dominion": r"\bold dominion\b|\bodfl\b",
}
_COURIERS = {name: patterns.compile_pattern(words, groups=False) for name, words in _NAMES.items()}
_PARCEL = patterns.compile_pattern(
    r"\b(?:track|trk|parcel|package|shipment|shipping|shipped|consignment|waybill|awb\b|courier|carrier|deliver"
    r"|sendung|paket|päckchen|lieferung|suivi|colis|livraison|seguimiento|env[ií]o|paquete|rastre|encomenda"
    r"|tracciamento|spedizione|pacco|zending|pakket|przesyłk|paczk|отслеж|трек|посылк|накладн)"
    r"|追跡|荷物|快递|快遞|运单|運單|物流|송장|배송",
    groups=False,
)
_SOMETHING_ELSE = patterns.compile_pattern(
    r"\b(?:phone|telephone|telefon|tel[eé]fono|téléphone|tel\b|fax|mobile|mobil\b|móvil|portable|handy|cell\b"
    r"|call\b|ring\b|whatsapp|iban|bic\b|account|acct|customer|kunden|konto|client|card\b|visa\b|mastercard|vat\b"
    r"|ean\b|gtin|isbn|sku\b|imei|serial|invoice|rechnung|facture|factura|fattura)"
    r"|電話|电话|전화",
    groups=False,
)


class Nearby(NamedTuple):
    """What the words around a number say about it."""

    couriers: frozenset[str]
    is_parcel: bool
    """Whether a word such as `tracking` stands before it."""


def around(text: str, start: int, end: int) -> Nearby:
    """Read the words near a number; behind a word such as `phone` or `IBAN`, no other word counts."""
    before, after = _before(text[max(0, start - _HEAD) : start]), text[end : end + _AFTER]
    last = max((match.end for match in patterns.find(_SOMETHING_ELSE, before)), default=0)
    if last:
        before, after = before[last:], ""
    couriers = {name for name, words in _COURIERS.items() if any(patterns.find(words, f"{before} | {after}"))}
    return Nearby(frozenset(couriers), any(patterns.find(_PARCEL, before)))


def _before(head: str) -> str:
    """The words of the line and of the last line above it that has any: a signature says nothing about a parcel."""
    *above, line = _NUMBERS.sub(" ", head).split("\n")
    worded = [words for words in above if any(map(str.isalpha, words))]
    return "\n".join([*worded[-1:], line])[-_BEFORE:]
