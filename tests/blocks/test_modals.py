from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from blocks import (
    escalate_modal,
    ids,
    loading_modal,
    merge_modal,
    misrouted_modal,
    reassign_modal,
    reply_modal,
    split_modal,
    submission,
)
from blocks.message import view_payload
from routing.decision import Priority
from routing.email import Address
from routing.escalation_policy import STANDARD
from routing.ticket import Message, MessageKind
from tests.blocks import factories

if TYPE_CHECKING:
    from slack_sdk.models.views import View

_REF = ids.TicketRef(ticket_id=1042)
_MARIA = Address(email="maria@example.com", name="Maria <!channel>")
_QUEUES = [("billing", "Billing"), ("orders", "Orders & returns")]


def _submitted(view: View, **values: dict[str, Any]) -> dict[str, Any]:
    """The view as Slack sends it back; `values` are named by block_id."""
    payload = view_payload(view)
    inputs = {
        block["block_id"]: block["element"]["action_id"] for block in payload["blocks"] if "element" in block
    }
    state = {block: {action: values.get(block, {})} for block, action in inputs.items()}
    return {**payload, "state": {"values": state}}


def _inputs(view: View) -> dict[str, dict[str, Any]]:
    return {
        block["block_id"]: block["element"] for block in view_payload(view)["blocks"] if "element" in block
    }


def _reassign(**changes: Any) -> View:
    return reassign_modal.build(
        _REF, **{"reference": "DB-1042", "queues": _QUEUES, "current": "billing", **changes}
    )


def test_reassign_starts_at_the_current_queue() -> None:
    queue = _inputs(_reassign())["queue"]
    assert queue["initial_option"]["value"] == "billing"
    assert [option["text"]["text"] for option in queue["options"]] == ["Billing", "Orders &amp; returns"]


def test_reassign_opens_for_a_queue_that_is_no_longer_configured() -> None:
    assert "initial_option" not in _inputs(_reassign(current="gone"))["queue"]


def test_a_reassignment_says_queue_person_and_note() -> None:
    view = _submitted(
        _reassign(),
        queue={"type": "static_select", "selected_option": {"value": "orders"}},
        assignee={"type": "users_select", "selected_user": "U2"},
        note={"type": "plain_text_input", "value": " it is about a parcel\n"},
    )
    assert reassign_modal.parse(view) == reassign_modal.Reassignment(
        ref=_REF, queue="orders", assignee_id="U2", note="it is about a parcel"
    )


def test_person_and_note_of_a_reassignment_may_be_empty() -> None:
    view = _submitted(
        _reassign(),
        queue={"selected_option": {"value": "orders"}},
        assignee={"selected_user": None},
        note={"value": None},
    )
    parsed = reassign_modal.parse(view)
    assert (parsed.assignee_id, parsed.note) == (None, None)


def test_a_reassignment_without_a_queue_is_refused() -> None:
    with pytest.raises(submission.SubmissionError, match="queue is empty"):
        reassign_modal.parse(_submitted(_reassign(), queue={"selected_option": None}))


def test_escalate_asks_for_a_reason_and_says_who_is_called() -> None:
    view = escalate_modal.build(_REF, reference="DB-1042", policy=STANDARD, people=["S3"])
    summary = "Deskbell calls on-call, then waits 10 minutes, then begins again, at most 3 times."
    shown = list(factories.words(view_payload(view)))
    assert summary in shown
    assert "On call now: <!subteam^S3>." in shown
    assert _inputs(view)["urgency"]["initial_option"]["value"] == "high"


def test_an_escalation_says_reason_and_urgency() -> None:
    view = _submitted(
        escalate_modal.build(_REF, reference="DB-1042", policy=STANDARD, people=["S3"]),
        reason={"value": "The shop is down"},
        urgency={"selected_option": {"value": "urgent"}},
    )
    assert escalate_modal.parse(view) == escalate_modal.EscalationRequest(
        ref=_REF, reason="The shop is down", urgency=Priority.URGENT
    )


def test_a_blank_reason_is_refused() -> None:
    view = _submitted(
        escalate_modal.build(_REF, reference="DB-1042", policy=STANDARD, people=["S3"]),
        reason={"value": " \n"},
    )
    with pytest.raises(submission.SubmissionError, match="reason is empty"):
        escalate_modal.parse(view)


def test_reply_says_who_will_get_it_and_keeps_the_draft_as_it_was_typed() -> None:
    view = reply_modal.write(_REF, reference="DB-1042", to=_MARIA, draft="Dear <Maria> & all")
    assert "To: Maria &lt;!channel&gt; &lt;maria@example.com&gt;" in list(factories.words(view_payload(view)))
    assert _inputs(view)["body"]["initial_value"] == "Dear <Maria> & all"


def test_a_draft_says_its_text() -> None:
    view = _submitted(reply_modal.write(_REF, reference="DB-1042", to=_MARIA), body={"value": "Dear Maria"})
    assert reply_modal.parse_write(view) == reply_modal.Draft(ref=_REF, body="Dear Maria")


def test_the_preview_shows_the_whole_mail_without_formatting() -> None:
    body = "*Not bold* & long\n" * 170
    payload = view_payload(reply_modal.preview(_REF, to=_MARIA, subject="Re: Refund [DB-1042]", body=body))
    sections = [block["text"] for block in payload["blocks"] if block["type"] == "section"]
    assert {section["type"] for section in sections} == {"plain_text"}
    assert sum(section["text"].count("*Not bold* &amp; long") for section in sections) == 170
    assert "Subject: Re: Refund [DB-1042]" in list(factories.words(payload))
    assert payload["close"]["text"] == "Back"


def test_the_longest_answer_of_the_longest_entities_can_be_previewed() -> None:
    body = "&" * reply_modal.BODY_LIMIT
    assert view_payload(reply_modal.preview(_REF, to=_MARIA, subject="&" * 3_000, body=body))


def test_sending_knows_its_ticket_and_carries_no_text() -> None:
    view = view_payload(reply_modal.preview(_REF, to=_MARIA, subject="Re: Refund", body="Secret"))
    assert reply_modal.parse_preview(view) == ids.ReplyRef(ticket_id=1042, to="maria@example.com")
    assert "Secret" not in view["private_metadata"]


def test_the_loading_modal_can_only_be_cancelled() -> None:
    payload = view_payload(loading_modal.build("Reassign a ticket of a very long prefix"))
    assert "submit" not in payload
    assert len(payload["title"]["text"]) <= 24


@pytest.mark.parametrize(
    ("view", "callback"),
    [
        (_reassign(), "reassign_modal"),
        (escalate_modal.build(_REF, reference="DB-1042", policy=STANDARD, people=["S3"]), "escalate_modal"),
        (reply_modal.write(_REF, reference="DB-1042", to=_MARIA), "reply_modal"),
        (reply_modal.preview(_REF, to=_MARIA, subject="s", body="b"), "reply_preview"),
        (merge_modal.build(_REF, reference="DB-1042", example="DB-1001"), "merge_modal"),
        (misrouted_modal.build(_REF, reference="DB-1042", queues=_QUEUES), "misrouted_modal"),
    ],
)
def test_each_modal_comes_back_under_its_own_callback_id(view: View, callback: str) -> None:
    payload = view_payload(view)
    assert payload["callback_id"] == callback
    assert json.loads(payload["private_metadata"])["ticket_id"] == _REF.ticket_id


def test_merge_asks_for_a_ticket_and_says_what_follows() -> None:
    view = merge_modal.build(_REF, reference="DB-1042", example="DB-1001")
    assert _inputs(view)["ticket"]["placeholder"]["text"] == "DB-1001"
    assert any("DB-1042 is closed" in words for words in factories.words(view_payload(view)))
    wish = merge_modal.parse(_submitted(view, ticket={"value": " db-1001 "}))
    assert wish == merge_modal.MergeWish(ref=_REF, into="db-1001")


def test_misrouted_offers_the_queues_and_not_to_know() -> None:
    view = misrouted_modal.build(_REF, reference="DB-1042", queues=_QUEUES)
    labels = [option["text"]["text"] for option in _inputs(view)["queue"]["options"]]
    assert labels == ["Billing", "Orders &amp; returns", "I do not know"]
    for value, queue in (("orders", "orders"), ("?", None)):
        submitted = _submitted(view, queue={"selected_option": {"value": value}}, note={"value": " See. "})
        assert misrouted_modal.parse(submitted) == misrouted_modal.Misrouting(
            ref=_REF, queue=queue, note="See."
        )


def _message(number: int, **changes: Any) -> Message:
    values: dict[str, Any] = {
        "id": number,
        "ticket_id": 1042,
        "kind": MessageKind.INBOUND,
        "message_id": None,
        "author": "maria@example.com",
        "body": "Where\nis my <parcel>?",
        "created_at": factories.RECEIVED_AT,
    }
    return Message(**values | changes)


def _split(*choices: split_modal.Choice) -> View:
    return split_modal.build(_REF, reference="DB-1042", choices=choices)


def test_split_shows_of_each_message_who_wrote_when_and_what() -> None:
    merged = split_modal.Choice(message=_message(8), merged_reference="DB-1001")
    options = _inputs(_split(split_modal.Choice(message=_message(7)), merged))["message"]["options"]
    assert [option["text"]["text"] for option in options] == [
        "maria@example.com, 02 Mar, 09:00 UTC",
        "All of DB-1001, 02 Mar, 09:00 UTC",
    ]
    assert options[0]["description"]["text"] == "Where is my &lt;parcel&gt;?"


def test_a_split_says_which_message() -> None:
    view = _submitted(
        _split(split_modal.Choice(message=_message(7))), message={"selected_option": {"value": "7"}}
    )
    assert split_modal.parse(view) == split_modal.SplitWish(ref=_REF, message_row_id=7)


def test_of_very_many_hostile_messages_the_newest_can_be_split_off() -> None:
    hostile = [_message(number, author="&" * 300, body="&" * 9_000) for number in range(150)]
    view = _split(*(split_modal.Choice(message=message) for message in hostile))
    options = _inputs(view)["message"]["options"]
    assert (len(options), options[-1]["value"]) == (100, "149")


def test_a_message_without_sender_and_words_can_be_split_off() -> None:
    (option,) = _inputs(_split(split_modal.Choice(message=_message(7, author="", body=" "))))["message"][
        "options"
    ]
    assert option["text"]["text"].startswith("Unknown sender")
    assert option["description"]["text"] == "No text."
