"""Escalate: on-call is paged, somebody acknowledges, everybody sees who."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocks.ids import Action
from tests.acceptance.seen import words
from tests.desk import ANA, BO, KIM, option

if TYPE_CHECKING:
    from typing import Any

    from tests.desk import Desk

KIMS_DM = "D0ONCALL"


async def escalated(desk: Desk, **mail: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The page in Kim's direct messages and its copy in the incident channel."""
    await desk.deliver(**mail)
    await desk.settle()
    await desk.open_modal(ANA, desk.card("DB-1001"), Action.ESCALATE)
    await desk.submit(ANA, reason="The bank calls.", urgency=option("urgent"))
    assert desk.modal(ANA) is None
    (page,), (copy,) = desk.messages(KIMS_DM), desk.messages("C0INCIDENT")
    return page, copy


async def test_on_call_is_paged_in_a_direct_message_and_in_the_incident_channel(desk: Desk) -> None:
    for page in await escalated(desk):
        assert "<@U0ONCALL>, <@U0ANA> needs you:" in words(page)
        assert "The bank calls." in words(page)
        assert "Acknowledge" in words(page)
    card = words(desk.card("DB-1001"))
    assert "Escalated to <@U0ONCALL> by <@U0ANA>: The bank calls." in card
    assert "*Urgent*" in card


async def test_who_acknowledges_is_shown_on_every_copy_and_on_the_card(desk: Desk) -> None:
    page, _ = await escalated(desk)
    await desk.press(KIM, page, Action.ACKNOWLEDGE)
    shown = [desk.card("DB-1001"), *desk.messages(KIMS_DM), *desk.messages("C0INCIDENT")]
    assert ["Acknowledged by <@U0ONCALL>" in words(message) for message in shown] == [True] * 3
    assert not any('"acknowledge"' in words(message) for message in shown), "no copy has its button any more"


async def test_who_acknowledges_second_learns_who_was_first(desk: Desk) -> None:
    page, copy = await escalated(desk)
    await desk.press(KIM, page, Action.ACKNOWLEDGE)
    await desk.press(BO, copy, Action.ACKNOWLEDGE)
    assert desk.whispers(BO) == ["<@U0ONCALL> acknowledged this before you."]
    assert "<@U0BO>" not in words(desk.card("DB-1001"))


async def test_each_member_of_a_user_group_is_paged(desk: Desk) -> None:
    page, copy = await escalated(desk, subject="Where is my parcel?", text="It is late.")
    for message in (page, copy):
        assert "<!subteam^S0ONCALL>, <@U0ANA> needs you:" in words(message)
    await desk.press(KIM, page, Action.ACKNOWLEDGE)
    assert "Acknowledged by <@U0ONCALL>" in words(desk.card("DB-1001"))


async def test_a_resolved_ticket_is_not_escalated(desk: Desk) -> None:
    await desk.deliver()
    await desk.settle()
    card = desk.card("DB-1001")
    await desk.open_modal(ANA, card, Action.ESCALATE)
    await desk.press(BO, card, Action.RESOLVE)
    await desk.submit(ANA, reason="The bank calls.")
    view = desk.modal(ANA)
    assert view is not None
    assert view["errors"] == {"reason": "DB-1001 is resolved. Press Reopen first."}
    assert desk.messages("C0INCIDENT") == []
