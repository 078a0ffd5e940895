from __future__ import annotations

from datetime import timedelta
from typing import Any

from blocks import ids, parked
from tests.blocks import factories
from tests.blocks.factories import RECEIVED_AT, TRACE_URL


def _mail(**changes: Any) -> parked.ParkedMail:
    values: dict[str, Any] = {
        "trace_id": "t1",
        "reason": "loop: the sender is this desk itself",
        "sender": "Support <support@acme.example>",
        "subject": "A *note*",
        "received_at": RECEIVED_AT,
        "trace_url": TRACE_URL,
        "can_be_released": True,
    }
    return parked.ParkedMail(**values | changes)


def test_a_parked_mail_says_what_it_is_why_and_for_how_long() -> None:
    message = parked.build([_mail()], total=1, now=RECEIVED_AT + timedelta(hours=3))
    shown = factories.shown(message)
    assert message.text == "1 parked mail"
    assert (
        "\nSupport &lt;support@acme.example&gt;\nloop: the sender is this desk itself\n3 hours old, <"
        in shown
    )
    assert "*A \N{ASTERISK OPERATOR}note*" in shown


def test_release_asks_first_and_knows_its_mail() -> None:
    (button,) = factories.elements(parked.build([_mail()], total=1, now=RECEIVED_AT))
    assert ids.ParkedRef.decode(button["value"]) == ids.ParkedRef(trace_id="t1")
    assert "no automatic answer" in button["confirm"]["text"]["text"]


def test_what_cannot_be_read_cannot_be_released() -> None:
    unread = _mail(can_be_released=False, sender="", subject="")
    message = parked.build([unread], total=1, now=RECEIVED_AT)
    assert factories.labels(message) == []
    assert "*(no subject)*\nUnknown sender" in factories.shown(message)


def test_ten_are_listed_and_the_rest_is_counted() -> None:
    huge = [_mail(reason="&" * 9_000, subject="<" * 999, sender="&" * 999)] * 12
    message = parked.build(huge, total=1_312, now=RECEIVED_AT)
    assert factories.labels(message) == ["Release"] * 10
    assert "and 1,302 more" in factories.shown(message)
    assert message.text == "1,312 parked mails"
