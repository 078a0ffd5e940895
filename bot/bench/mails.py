"""The mail of every measurement: 2 KiB of JSON as a provider sends it, each of a customer of its own.

One of a known customer would be looked at for what else that customer wrote, and after sixty it would be parked.
"""

from __future__ import annotations

import json

TEXT = (
    "Hello,\r\n\r\nmy order #123456 should have come last Tuesday, and the courier's page still says that the parcel "
    "waits at the depot in Größenhain. I called them twice; they told me to ask the shop.\r\n\r\n"
    "Could you please look where it is, or send it again? I need it for a birthday at the weekend. "
    "If it cannot come in time, I would rather have my money back.\r\n\r\n"
    "I have tried the number on your page, too, but at the weekend nobody answers, and the form asks for a password "
    "that I never had. A neighbour saw the van on Tuesday afternoon; it stopped, and went on. I was at home all day "
    "and so was the dog, who hears everything. There was no card in the letter box, and no mail since then except "
    "the one that says that the parcel is on its way. Your colleague Ana helped me very well last time, so maybe she "
    "remembers me: it was about the lamp that came without its bulb.\r\n\r\n"
    "What I ordered: two lamps (LX-40, brass), one shade, a set of bulbs. It was paid by card on the day of the "
    "order, and the receipt is attached.\r\n\r\nKind regards\r\nMaria Costa\r\n\r\n-- \r\n"
    "Maria Costa, 12 Example Street, Exampleton\r\n"
)
_MAIL = {
    "id": "mail-%d",
    "from": "Maria Costa <maria%d@customer.example>",
    "to": [{"email": "support@acme.example", "name": "Acme Shop"}],
    "cc": "",
    "subject": "Where is my parcel? Order #%d",
    "text": TEXT,
    "html": "",
    "messageId": "<%d.lamp@customer.example>",
    "headers": {
        "Received": "from mail.customer.example (192.0.2.10) by mx.acme.example; Mon, 02 Mar 2026 09:00:01 +0000",
        "Date": "Mon, 02 Mar 2026 09:00:00 +0000",
        "MIME-Version": "1.0",
        "Content-Type": "multipart/mixed; boundary=part",
        "User-Agent": "Example Mail 102.4",
        "X-Priority": "3",
    },
    "attachments": [
        {
            "filename": "receipt.pdf",
            "contentType": "application/pdf",
            "size": 84213,
            "url": "https://files.provider.example/9f1c/receipt.pdf",
        }
    ],
    "envelope": {"from": "maria@customer.example", "to": ["support@acme.example"]},
    "spf_pass": True,
    "dkim_pass": True,
}
_TEMPLATE = json.dumps(_MAIL).encode()
_WITHOUT_FILE = json.dumps(_MAIL | {"attachments": []}).encode()


def body(number: int) -> bytes:
    """One with a file that the provider keeps."""
    return _numbered(_TEMPLATE, number)


def without_file(number: int) -> bytes:
    return _numbered(_WITHOUT_FILE, number)


def _numbered(template: bytes, number: int) -> bytes:
    return template.replace(b"%d", str(number).encode())
