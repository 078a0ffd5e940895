"""Reply: written, looked at once more, sent once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from blocks.ids import Action, Callback
from tests.acceptance.seen import words
from tests.desk import ANA, BO

if TYPE_CHECKING:
    from typing import Any

    from tests.desk import Desk

ANSWER = "We have sent the money back <today> & apologise."


async def written(desk: Desk, body: str = ANSWER) -> dict[str, Any]:
    """A mail has come, and Ana looks at the preview of her answer."""
    await desk.deliver()
    await desk.settle()
    await desk.open_modal(ANA, desk.card("DB-1001"), Action.REPLY)
    await desk.submit(ANA, body=body)
    return shown(desk, Callback.REPLY_PREVIEW)


def shown(desk: Desk, callback: Callback) -> dict[str, Any]:
    view = desk.modal(ANA)
    assert view is not None
    assert view["callback_id"] == callback
    return view


def draft(view: dict[str, Any]) -> str:
    elements = [block["element"] for block in view["blocks"] if block["type"] == "input"]
    return str(elements[0].get("initial_value", ""))


async def test_an_answer_goes_out_in_the_thread_of_the_customers_mail(desk: Desk) -> None:
    preview = await written(desk)
    assert "Re: Refund for invoice INV-2041 [DB-1001]" in words(preview)
    assert len(desk.inbox()) == 1, "nothing is sent before Send is pressed"
    await desk.submit(ANA)
    assert desk.modal(ANA) is None
    acknowledgement, answer = desk.inbox()
    assert answer["subject"].startswith("Re: Refund for invoice INV-2041 [DB-1001]")
    assert answer["in_reply_to"] == "<1@customer.example>"
    assert acknowledgement["message_id"] in answer["references"]
    assert answer["text"].startswith(ANSWER)
    assert "Ana Ferreira" in answer["text"]
    assert answer["envelope_from"] == "support@acme.example", "a bounce of what a person wrote comes back"
    card = desk.card("DB-1001")
    (note,) = desk.sandbox.slack.workspace.thread(card["channel"], card["ts"])
    assert "<@U0ANA> answered" in words(note)
    assert "Answer due" not in words(card)


async def test_send_pressed_twice_sends_once(desk: Desk) -> None:
    preview = await written(desk)
    send = desk.sandbox.submissions.submit
    await asyncio.gather(*(send(user_id=ANA, view_id=preview["id"], values={}) for _ in range(2)))
    await desk.settle()
    assert len(desk.inbox()) == 2, "the acknowledgement and one answer"


async def test_back_from_the_preview_finds_the_text(desk: Desk) -> None:
    preview = await written(desk)
    await desk.sandbox.submissions.close(user_id=ANA, view_id=preview["id"])
    shown(desk, Callback.REPLY_MODAL)
    await desk.submit(ANA, body="Better words.")
    await desk.submit(ANA)
    assert desk.inbox()[1]["text"].startswith("Better words.")


async def test_a_closed_window_loses_no_draft_and_shows_it_to_nobody_else(desk: Desk) -> None:
    preview = await written(desk)
    await desk.sandbox.submissions.close(user_id=ANA, view_id=preview["id"], whole_stack=True)
    card = desk.card("DB-1001")
    assert draft(await desk.open_modal(BO, card, Action.REPLY)) == ""
    assert draft(await desk.open_modal(ANA, card, Action.REPLY)) == ANSWER
    await desk.submit(ANA)
    await desk.submit(ANA)
    assert draft(await desk.open_modal(ANA, card, Action.REPLY)) == "", "what was sent is no draft any more"


async def test_a_blank_answer_is_refused(desk: Desk) -> None:
    await desk.deliver()
    await desk.settle()
    await desk.open_modal(ANA, desk.card("DB-1001"), Action.REPLY)
    await desk.submit(ANA, body=" \n ")
    assert list(shown(desk, Callback.REPLY_MODAL)["errors"]) == ["body"]
