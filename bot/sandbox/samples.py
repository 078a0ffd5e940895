"""Mails to try the desk with: one of each kind, and a burst of twenty."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.deeds import Draft

if TYPE_CHECKING:
    from bot.sandbox.store import Json


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A mail that a customer of Acme Shop could have written."""

    id: str
    title: str
    hint: str
    name: str
    email: str
    subject: str
    text: str
    attachments: tuple[tuple[str, str, bytes], ...] = ()
    """Filename, content type and bytes."""
    headers: tuple[tuple[str, str], ...] = ()


def _pdf(line: str) -> bytes:
    """A one-page PDF with one line of text (ISO 32000-1, 7.5), so that the attachment really opens."""
    drawing = f"BT /F1 18 Tf 72 740 Td ({line}) Tj ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    document, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size, start = len(objects) + 1, len(document)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, rows)
    return document + table + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)


SAMPLES = (
    Sample(
        id="refund",
        title="Refund with invoice",
        hint="A PDF invoice and the word refund: billing",
        name="Maria Costa",
        email="maria.costa@example.com",
        subject="Refund for invoice INV-2041",
        text="Hello,\n\nI was charged twice for my last order. The invoice is attached.\n"
        "Please refund the second payment of 89.90 EUR.\n\nThank you,\nMaria",
        attachments=(("INV-2041.pdf", "application/pdf", _pdf("Invoice INV-2041   Total: 89.90 EUR")),),
    ),
    Sample(
        id="order",
        title="Where is my order?",
        hint="An order number and a shipment: orders",
        name="Jonas Weber",
        email="jonas@weber.example",
        subject="Where is my order #123456?",
        text="Hi there,\n\nmy order #123456 was shipped nine days ago and the tracking page has not moved.\n"
        "Can you tell me where the parcel is? It is a birthday present for Saturday.\n\nBest,\nJonas",
    ),
    Sample(
        id="outage",
        title="The site gives 503",
        hint="An error from the shop: tech",
        name="Priya Nair",
        email="priya.nair@example.org",
        subject="Checkout fails with error 503",
        text="Since this morning your checkout answers 503 Service Unavailable when I press Pay.\n"
        "Firefox and Safari, with and without the app. Others in my team see the same.\n\nPriya",
    ),
    Sample(
        id="phishing",
        title="A phishing report",
        hint="Somebody pretends to be the shop: abuse",
        name="Tomáš Novák",
        email="tomas.novak@example.net",
        subject="Phishing mail in your name",
        text="Good evening,\n\nI got a mail that claims to be from Acme Shop and asks for my card number on\n"
        "http://acme-shop.login.test/verify. It looks like phishing, I did not click it.\n\nTomáš",
    ),
    Sample(
        id="unclear",
        title="An unclear question",
        hint="No rule is sure: a person decides in triage",
        name="Lena",
        email="lena.k@example.com",
        subject="Quick question",
        text="Hey, a friend said you might be able to help me with the thing from last week? Thanks! Lena",
    ),
    Sample(
        id="chargeback",
        title="An angry chargeback",
        hint="Strong words, urgent tone: billing",
        name="Derek Stone",
        email="d.stone@example.com",
        subject="LAST WARNING before I file a CHARGEBACK",
        text="THIRD time I write. Nobody answers. You took my money for PO-88213 and sent nothing.\n"
        "If I do not have my money back by tomorrow I will open a chargeback with my bank.\n\nD. Stone",
    ),
    Sample(
        id="out-of-office",
        title="An out-of-office reply",
        hint="A robot wrote it: the desk must not answer",
        name="Sofia Lind",
        email="sofia.lind@example.org",
        subject="Automatic reply: out of office until Monday",
        text="I am out of office until Monday and will read your message then.\n\nSofia Lind",
        headers=(("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All")),
    ),
)

_BURST_PEOPLE = (
    ("Amara Diallo", "amara"),
    ("Ben Carter", "ben"),
    ("Chloé Martin", "chloe"),
    ("Dmitri Orlov", "dmitri"),
    ("Elif Kaya", "elif"),
)
_BURST_MAILS = (
    ("Order #{number} has not arrived", "My order #{number} should have been here on Tuesday. Any news?"),
    ("Invoice {number} is wrong", "Invoice {number} lists two items, but I bought one. Please correct it."),
    ("Cannot login", "I cannot login since yesterday: error {number} after the password."),
    ("Hello", "Will you have the blue one again? The tag in the window said {number}."),
    ("Wrong size", "The shoes of PO-{number} are too small. How do I send them back?"),
    ("Refund still missing", "You promised a refund for order #{number} two weeks ago."),
    ("Timeout in the app", "The app shows a timeout when I open basket {number}."),
    ("Spam from your address", "I get spam every day that names your shop, the last one with code {number}."),
)
BURST = 20


def page_samples() -> list[Json]:
    """The samples as the compose form takes them."""
    return [
        {**_form(sample), "id": sample.id, "title": sample.title, "hint": sample.hint} for sample in SAMPLES
    ]


def burst() -> list[Draft]:
    """Twenty drafts of five people about eight things, no two alike."""
    return [_burst_draft(number) for number in range(BURST)]


def _burst_draft(number: int) -> Draft:
    name, mailbox = _BURST_PEOPLE[number % len(_BURST_PEOPLE)]
    subject, text = _BURST_MAILS[number % len(_BURST_MAILS)]
    return Draft.model_validate(
        {
            "from": {"name": name, "email": f"{mailbox}.{number}@example.com"},
            "subject": subject.format(number=200_101 + number),
            "text": f"{text.format(number=200_101 + number)}\n\n{name}",
        }
    )


def extra_headers(sender: str, subject: str) -> dict[str, str]:
    """Headers of the sample that a draft came from: the page sends a sample back as an ordinary mail."""
    for sample in SAMPLES:
        if (sample.email, sample.subject) == (sender, subject):
            return dict(sample.headers)
    return {}


def _form(sample: Sample) -> Json:
    return {
        "from": {"name": sample.name, "email": sample.email},
        "subject": sample.subject,
        "text": sample.text,
        "attachments": [
            {"filename": filename, "contentType": kind, "content": base64.b64encode(content).decode()}
            for filename, kind, content in sample.attachments
        ],
    }
