"""A customer says that it is urgent, as the acknowledgement mail tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.acceptance.seen import words

if TYPE_CHECKING:
    from tests.desk import Desk


async def actions(desk: Desk, trace_id: str) -> list[str]:
    async with desk.storage.reading() as uow:
        return [entry.action for entry in await uow.audit.for_trace(trace_id)]


@pytest.mark.parametrize(
    "fields", [{"subject": "Urgent: my refund"}, {"text": "URGENT\nPlease hurry."}], ids=str
)
async def test_marked_mail_opens_an_urgent_ticket(desk: Desk, fields: dict[str, str]) -> None:
    answer = await desk.deliver(**fields)
    await desk.settle()
    assert "*Urgent*" in words(desk.card("DB-1001"))
    assert (await actions(desk, answer.json()["trace_id"])).count("marked_urgent") == 1


async def test_marked_answer_raises_the_priority_once(desk: Desk) -> None:
    await desk.deliver()
    await desk.settle()
    assert "*Urgent*" not in words(desk.card("DB-1001"))
    told = []
    for number in (2, 3):
        answer = await desk.deliver(
            id=f"mail-{number}",
            messageId=f"<{number}@customer.example>",
            inReplyTo="<1@customer.example>",
            text="Urgent! Nothing has happened.",
        )
        await desk.settle()
        told += await actions(desk, answer.json()["trace_id"])
    assert "*Urgent*" in words(desk.card("DB-1001"))
    assert told.count("joined") == 2
    assert told.count("marked_urgent") == 1


async def test_robot_cannot_be_urgent(desk: Desk) -> None:
    await desk.deliver(subject="URGENT: your parcel", headers={"Precedence": "bulk"})
    await desk.settle()
    assert "*Urgent*" not in words(desk.card("DB-1001"))


async def test_on_call_is_paged_once_and_told_why(desk: Desk) -> None:
    await desk.deliver(subject="Dringend: meine Rückzahlung")
    await desk.settle()
    (page,) = desk.messages("D0ONCALL")
    assert "The customer's mail begins with dringend." in words(page)
    assert "you are needed:" in words(page)
    assert len(desk.messages("C0INCIDENT")) == 1
    assert "Escalated to <!subteam^S0ONCALL" in words(desk.card("DB-1001"))


async def test_who_may_be_forged_calls_nobody(desk: Desk) -> None:
    await desk.deliver(subject="URGENT: my refund", spf_pass=False, dkim_pass=False)
    await desk.settle()
    assert desk.messages("C0INCIDENT") == []
