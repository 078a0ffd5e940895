"""Mails to a shop, made up: two languages, six wishes, typing errors, chatter, and words that mislead."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from routing.email import Address, InboundEmail

FIRST: Final = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)

_WISHES: Final = {
    "refund": {
        "en": (
            "I would like my money back for {item}",
            "please refund {item}",
            "when will I get the refund for {item}",
            "you still owe me the amount for {item} that I sent back",
            "I cancelled {item} but was charged anyway",
        ),
        "de": (
            "ich möchte mein Geld für {item} zurück",
            "bitte erstatten Sie mir {item}",
            "wann kommt die Erstattung für {item}",
            "Sie haben {item} abgebucht, obwohl ich storniert habe",
        ),
    },
    "invoice": {
        "en": (
            "I need an invoice for {item}",
            "the VAT on the bill for {item} is wrong",
            "our accounting misses the receipt of {item}",
            "please put our company name on the invoice of {item}",
        ),
        "de": (
            "ich brauche eine Rechnung für {item}",
            "auf der Rechnung für {item} stimmt die Umsatzsteuer nicht",
            "unserer Buchhaltung fehlt der Beleg zu {item}",
        ),
    },
    "delivery": {
        "en": (
            "where is {item}",
            "{item} should have arrived on Monday",
            "the tracking of {item} has not changed for days",
            "the courier says {item} was delivered, but nobody has it",
            "can {item} go to another address",
        ),
        "de": (
            "wo bleibt {item}",
            "{item} sollte am Montag ankommen",
            "die Sendungsverfolgung von {item} steht seit Tagen still",
            "der Bote sagt, {item} sei zugestellt, aber niemand hat es",
        ),
    },
    "damage": {
        "en": (
            "{item} arrived broken",
            "{item} has a scratch and does not switch on",
            "you sent the wrong colour of {item}",
            "a part of {item} is missing in the box",
        ),
        "de": (
            "{item} kam kaputt an",
            "{item} hat einen Kratzer und geht nicht an",
            "Sie haben die falsche Farbe von {item} geschickt",
        ),
    },
    "login": {
        "en": (
            "I cannot log in to see {item}",
            "the password mail never comes, I only wanted to check {item}",
            "my account is locked since I ordered {item}",
            "the checkout shows an error when I pay for {item}",
        ),
        "de": (
            "ich kann mich nicht anmelden, um {item} zu sehen",
            "die Mail für das Passwort kommt nie an",
            "mein Konto ist gesperrt, seit ich {item} bestellt habe",
        ),
    },
    "advice": {
        "en": (
            "does {item} fit a small kitchen",
            "which size of {item} should I take",
            "do you still sell {item}, and in green",
            "is there a guarantee on {item}",
        ),
        "de": (
            "passt {item} in eine kleine Küche",
            "welche Größe von {item} soll ich nehmen",
            "gibt es {item} auch in Grün",
        ),
    },
}
INTENTS: Final = tuple(_WISHES)
_ITEMS: Final = {
    "en": ("the lamp", "my kettle", "order 4821", "the blue chair", "both shelves", "the toaster", "it"),
    "de": (
        "die Lampe",
        "den Kessel",
        "Bestellung 4821",
        "den blauen Stuhl",
        "beide Regale",
        "den Toaster",
        "das",
    ),
}
_CHATTER: Final = {
    "en": (
        "I have been a customer for years.",
        "I wrote last week and got no answer.",
        "My order number is 99182.",
        "I paid by card.",
        "It is a present for my sister.",
        "Apart from that I like your shop.",
        "The parcel before that was fine.",
        "Please answer soon.",
    ),
    "de": (
        "Ich bin seit Jahren Kunde.",
        "Ich habe letzte Woche schon geschrieben.",
        "Meine Bestellnummer ist 99182.",
        "Bezahlt habe ich mit Karte.",
        "Es ist ein Geschenk für meine Schwester.",
        "Sonst mag ich Ihren Laden.",
        "Bitte antworten Sie bald.",
    ),
}
_SUBJECTS: Final = {
    "en": ("Question", "Help", "My order", "Hello"),
    "de": ("Frage", "Hilfe", "Meine Bestellung"),
}
_TELLING: Final = 0.4
"""Share of mails whose subject says what they want."""
_MISTAKEN: Final = 0.04
"""Share of mails that people have filed elsewhere."""
_TYPOS: Final = 0.05
"""Share of words with a letter too few."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShopMail:
    """A mail and what people took it for."""

    email: InboundEmail
    intent: str


def make(count: int, *, seed: int = 7) -> list[ShopMail]:
    """So many mails, ten minutes apart; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - nothing is secret
    return [_mail(chance, number) for number in range(count)]


def _mail(chance: random.Random, number: int) -> ShopMail:
    intent = chance.choice(INTENTS)
    language = "de" if chance.random() < 0.35 else "en"
    wish = chance.choice(_WISHES[intent][language]).format(item=chance.choice(_ITEMS[language]))
    sentences = [*chance.sample(_CHATTER[language], chance.randint(1, 4)), f"{wish[:1].upper()}{wish[1:]}."]
    if chance.random() < 0.2:  # another matter beside it
        other = chance.choice(_WISHES[chance.choice(INTENTS)][language])
        sentences.append(f"{other.format(item=chance.choice(_ITEMS[language]))}?")
    chance.shuffle(sentences)
    email = InboundEmail(
        received_at=FIRST + timedelta(minutes=10 * number),
        sender=Address(email=f"customer{number}@mail.example"),
        subject=_typed(chance, wish) if chance.random() < _TELLING else chance.choice(_SUBJECTS[language]),
        text=_typed(chance, " ".join(sentences)),
    )
    filed = chance.choice(INTENTS) if chance.random() < _MISTAKEN else intent
    return ShopMail(email=email, intent=filed)


def _typed(chance: random.Random, text: str) -> str:
    """As people type."""
    return " ".join(_word(chance, word) for word in text.split())


def _word(chance: random.Random, word: str) -> str:
    if len(word) < 4 or chance.random() >= _TYPOS:
        return word
    gone = chance.randrange(1, len(word))
    return word[:gone] + word[gone + 1 :]
