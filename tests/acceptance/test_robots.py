"""Mail that no person wrote: it is kept and shown, and never answered."""

from __future__ import annotations

import base64
import email
import email.policy
import re
from typing import TYPE_CHECKING

import pytest

from blocks.ids import Action
from tests.acceptance.seen import cards, words
from tests.desk import ANA

if TYPE_CHECKING:
    from tests.desk import Desk

AWAY = {
    "id": "mail-2",
    "messageId": "<2@customer.example>",
    "subject": "Automatic reply: Refund for invoice INV-2041",
    "text": "I am away until Monday.",
    "headers": {"Auto-Submitted": "auto-replied"},
}


async def test_an_out_of_office_answer_is_not_answered(desk: Desk) -> None:
    await desk.deliver()
    await desk.settle()
    (acknowledgement,) = desk.inbox()
    await desk.press(ANA, desk.card("DB-1001"), Action.RESOLVE)
    await desk.deliver(**AWAY, inReplyTo=acknowledgement["message_id"])
    await desk.settle()
    assert len(desk.inbox()) == 1
    assert cards(desk, "DB-1002") == []
    assert "Resolved by" in words(desk.card("DB-1001")), "a robot opens nothing again"


@pytest.mark.parametrize(
    "signs",
    [
        {"headers": {"Auto-Submitted": "auto-generated"}},
        {"headers": [["List-Id", "<news.elsewhere.example>"]]},
        {"headers": {"Precedence": "bulk"}},
        {"envelope": {"from": "", "to": ["support@acme.example"]}},
        {"from": "MAILER-DAEMON@elsewhere.example"},
        {"from": "no-reply@elsewhere.example"},
        {"spf_pass": False, "dkim_pass": False},
    ],
    ids=str,
)
async def test_a_robot_gets_a_ticket_and_no_acknowledgement(desk: Desk, signs: dict[str, object]) -> None:
    await desk.deliver(**signs)
    await desk.settle()
    assert desk.card("DB-1001")
    assert desk.inbox() == []


async def test_our_own_mail_that_comes_back_is_parked(desk: Desk) -> None:
    await desk.deliver()
    await desk.settle()
    (ours,) = desk.inbox()
    returned = await desk.deliver(
        id="returned", messageId=ours["message_id"], subject=ours["subject"], headers=ours["headers"]
    )
    impostor = await desk.deliver(**{"id": "impostor", "from": "Support <support+x@acme.example>"})
    await desk.settle()
    assert (returned.status_code, impostor.status_code) == (200, 200)
    assert cards(desk, "DB-1002") == []
    assert len(desk.inbox()) == 1
    async with desk.storage.reading() as uow:
        assert await uow.emails.unfinished_counts() == {"parked": 2}


async def test_two_desks_that_write_to_each_other_stop_at_once(desk: Desk) -> None:
    await desk.deliver(**{"from": "support@other.example", "headers": {"Auto-Submitted": "auto-replied"}})
    await desk.settle()
    assert desk.inbox() == []


async def test_the_acknowledgement_says_that_it_is_automatic_and_what_it_answers(desk: Desk) -> None:
    answer = await desk.deliver(references=["<0@customer.example>"])
    await desk.settle()
    (received,) = desk.inbox()
    mail = email.message_from_bytes(base64.b64decode(received["raw"]), policy=email.policy.default)
    assert received["envelope_from"] == "<>", "the null path: no bounce is answered"
    assert received["envelope_to"] == ["maria@customer.example"]
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["X-Deskbell-Trace"] == answer.json()["trace_id"]
    assert mail["X-Deskbell-Loop"]
    assert mail["In-Reply-To"] == "<1@customer.example>"
    assert mail["References"].split() == ["<0@customer.example>", "<1@customer.example>"]
    assert re.fullmatch(r"<deskbell\.acknowledgement\.\d+\.[a-z2-7]{16}@acme\.example>", mail["Message-ID"])


async def test_the_acknowledgement_tells_the_number_the_promise_and_the_way_to_be_urgent(desk: Desk) -> None:
    await desk.deliver()
    await desk.settle()
    (received,) = desk.inbox()
    for part in (received["text"], received["html"]):
        plain = re.sub(r"<[^>]+>", " ", part)
        for expected in ("Maria", "DB-1001", "4 hours", "URGENT", "Acme Shop Ltd, 1 Example Street"):
            assert expected in plain
        assert "charged twice" not in plain, "the customer's words are never sent back"
