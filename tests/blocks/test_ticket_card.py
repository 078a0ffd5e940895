from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks import ids, ticket_card
from routing import escalation as machine
from routing.attachment import AttachmentState, StoredAttachment
from routing.decision import Because, Candidate, Entity, Priority
from routing.email import Address, Attachment
from routing.guesses import Guess, Term
from routing.ticket import Relation
from routing.visible_text import CutKind
from tests.blocks import factories
from tests.blocks.factories import (
    CLAIMED,
    RECEIVED_AT,
    RESOLVED,
    TRACE_URL,
    card,
    decision,
    escalation,
    ticket,
)

_TOKEN = re.compile(r"<[^<>]*>")
_hostile = st.text(
    alphabet=st.sampled_from("&<>|!@#^*_~`: \nab") | st.characters(exclude_categories=["Cs"]), max_size=400
)


def _shown(**changes: Any) -> str:
    return factories.shown(ticket_card.build(card(**changes)))


def _labels(**changes: Any) -> list[str]:
    return factories.labels(ticket_card.build(card(**changes)))


def test_a_new_card_says_who_wants_what_and_until_when() -> None:
    shown = _shown()
    assert "DB-1042 · Refund for order 123456" in shown
    assert "Maria Silva &lt;maria@example.com&gt;" in shown
    assert "Gold" in shown
    assert factories.quotes(ticket_card.build(card())) == ["Hello,\nI want my money back."]
    assert "*Intent*\nrefund, 92\N{NO-BREAK SPACE}%" in shown
    assert "Why: `billing-refund`: “Refund” in the subject." in shown
    assert "*Mentions*\n`Order 123456`" in shown
    assert "*Answer due*\n<!date^1772456400^" in shown
    assert "⏳ Waiting in *Billing*" in shown


def test_the_company_stands_beside_the_tier_as_text() -> None:
    about = factories.shown(ticket_card.build(card(company="Costa <!channel>\nFilhos")))
    assert "Costa &lt;!channel&gt; Filhos" in about


def test_what_is_not_there_takes_no_room() -> None:
    shown = _shown(ticket=ticket(response_due_at=None), decision=decision(entities=()))
    assert not {"Answer due", "Mentions", "Attachments"} & set(re.findall(r"\*([A-Z][a-z ]+)\*", shown))
    assert "riority" not in shown
    assert "⚠️" not in shown


@pytest.mark.parametrize("changes", [{"first_responded_at": RECEIVED_AT}, RESOLVED])
def test_a_deadline_that_is_met_is_not_shown(changes: dict[str, Any]) -> None:
    assert "Answer due" not in _shown(ticket=ticket(**changes))


def test_an_unclaimed_ticket_can_be_claimed() -> None:
    assert _labels() == ["Claim", "Reply", "Reassign", "Escalate", "Resolve", "Trace"]


def test_a_claimed_ticket_names_its_owner_and_can_be_released() -> None:
    assert "🙋 Claimed by <@U1>, <!date^1772442120^" in _shown(ticket=ticket(**CLAIMED))
    assert _labels(ticket=ticket(**CLAIMED))[0] == "Release"
    assert "Claim" not in _labels(ticket=ticket(**CLAIMED))


def test_a_resolved_ticket_says_how_long_it_took_and_can_only_be_reopened() -> None:
    resolved = ticket(**CLAIMED, **RESOLVED)
    assert "✅ Resolved by <@U1>, took 2 hours 5 minutes" in _shown(ticket=resolved)
    assert _labels(ticket=resolved) == ["Reopen", "Trace"]


def test_an_escalated_ticket_says_who_was_called_and_why() -> None:
    shown = _shown(escalation=escalation())
    assert "🚨 Escalated to <!subteam^S3> by <@U1>: A VIP waits since Monday" in shown
    assert "Acknowledged" not in shown


def test_an_acknowledged_escalation_says_who_took_it() -> None:
    taken = machine.acknowledged(escalation(), by="U3", now=RECEIVED_AT + timedelta(hours=1, minutes=3))
    assert "👀 Acknowledged by <@U3>, <!date^1772445780^" in _shown(escalation=taken)


def test_only_escalate_looks_dangerous_and_only_claim_looks_first() -> None:
    buttons = factories.elements(ticket_card.build(card()))
    styles = {button["action_id"]: button["style"] for button in buttons if "style" in button}
    assert styles == {"claim": "primary", "escalate": "danger"}


def test_every_button_but_trace_says_which_ticket_it_is_about() -> None:
    *presses, trace = factories.elements(ticket_card.build(card()))
    assert {button["value"] for button in presses} == {ids.TicketRef(ticket_id=1042).encode()}
    assert trace["url"] == TRACE_URL
    assert "value" not in trace


_REFUND = Candidate(queue="billing", intent="refund", confidence=0.45)


def test_under_the_threshold_the_runner_up_is_shown() -> None:
    unsure = decision(queue="triage", confidence=0.45, rule=None, runner_up=_REFUND)
    assert "unclear; would have been billing, 45\N{NO-BREAK SPACE}%" in _shown(decision=unsure)


def test_a_sure_decision_is_not_called_unclear_for_having_a_runner_up() -> None:
    assert "unclear" not in _shown(decision=decision(runner_up=_REFUND))


def test_a_decision_without_a_rule_says_so() -> None:
    assert "Why: No rule matched." in _shown(decision=decision(rule=None, because=()))


def test_a_condition_without_words_is_shown_as_its_author_wrote_it() -> None:
    because = (Because(rule="vip", condition="tier is gold", field="tier"),)
    assert "Why: `vip`: tier is gold." in _shown(decision=decision(because=because))


def test_many_reasons_are_counted_not_listed() -> None:
    because = tuple(Because(rule=f"r{n}", condition="c", field="text", words=("a",) * 9) for n in range(5))
    shown = _shown(decision=decision(because=because))
    assert "`r2`: “a”, “a”, “a”, “a”, … in the text; and 2 more." in shown
    assert "`r3`" not in shown


def test_a_thing_named_twice_is_one_chip() -> None:
    twice = tuple(Entity(kind="po_number", value="PO-1", field="text", start=n, end=n + 4) for n in (0, 9))
    assert _shown(decision=decision(entities=twice)).count("`PO number PO-1`") == 1


def test_two_conditions_that_hold_by_the_same_words_are_one_reason() -> None:
    because = tuple(
        Because(rule="money", condition=condition, field="attachment", words=("invoice.pdf",))
        for condition in ("filename matches invoice", "filename matches .pdf")
    )
    assert _shown(decision=decision(because=because)).count("“invoice.pdf” in the attachment") == 1


@pytest.mark.parametrize(
    ("priority", "mark"), [(Priority.URGENT, "🔴 *Urgent*"), (Priority.HIGH, "🟠 *High priority*")]
)
def test_a_priority_that_is_not_normal_stands_out(priority: Priority, mark: str) -> None:
    assert mark in _shown(ticket=ticket(priority=priority))


def test_sender_who_should_not_be_believed_is_warned_of() -> None:
    assert "⚠️ *DMARC failed; &lt;SPF&gt; failed*" in _shown(warnings=("DMARC failed", "<SPF> failed"))
    assert "⚠️" not in _shown()


def test_attachments_are_named_with_sizes_and_the_rest_is_counted() -> None:
    shown = _shown(attachments=factories.files(30))
    assert "`scan-5.pdf` 84 KB\nand 25 more" in shown
    assert "scan-6.pdf" not in shown


def test_a_long_file_name_keeps_its_end() -> None:
    scan = Attachment(filename=f"{'scan ' * 20}page 7.pdf", content_type="application/pdf", size=1)
    assert "`scan scan sca…page 7.pdf` 1 byte" in _shown(attachments=(scan,))


def test_files_that_nobody_gets_come_first_with_the_reason() -> None:
    alarms = (
        _alarm(AttachmentState.INFECTED, "Some.Virus"),
        _alarm(AttachmentState.REJECTED, "its type is text/<b>"),
        *[_alarm(AttachmentState.UNSCANNABLE, "it is encrypted")] * 3,
    )
    shown = _shown(attachments=factories.files(1), alarms=alarms)
    assert (
        "*Attachments*\n⚠️ `late.zip` infected: Some.Virus\n⚠️ `late.zip` not kept: its type is text/&lt;b"
        in shown
    )
    assert "⚠️ `late.zip` could not be scanned: it is encrypted\nand 2 more\n`scan-1.pdf` 84 KB" in shown


def _alarm(state: AttachmentState, reason: str) -> StoredAttachment:
    return StoredAttachment(
        trace_id="2",
        position=0,
        filename="late.zip",
        declared_type="application/zip",
        size=9,
        state=state,
        reason=reason,
    )


def test_a_note_tells_why_the_card_is_elsewhere() -> None:
    assert "⚠️ #billing is archived." in _shown(note="#billing is archived.")


def test_a_notification_reads_without_the_blocks_and_mentions_nobody() -> None:
    message = ticket_card.build(card(ticket=ticket(**CLAIMED), escalation=escalation()))
    assert message.text == "DB-1042 · Refund for order 123456 · from Maria Silva · claimed in Billing"


def test_a_mail_without_words_still_makes_a_card() -> None:
    shown = _shown(
        ticket=ticket(subject=" ", requester=Address(email=""), tier=""), visible=factories.visible("\n")
    )
    assert "DB-1042 · (no subject)" in shown
    assert "Unknown sender" in shown
    assert "_The mail has no text._" in shown


def test_a_huge_and_hostile_mail_stays_within_every_limit() -> None:
    message = ticket_card.build(
        card(
            ticket=ticket(
                subject="<!channel>&" * 300,
                requester=Address(email="a@example.com", name="&" * 5_000),
                priority=Priority.URGENT,
                related_id=1001,
                relation=Relation.SUGGESTED,
                undelivered="&" * 3_000,
                **CLAIMED,
            ),
            queue_name="&" * 200,
            visible=factories.visible(("<b>&" * 200 + "\n") * 125, *CutKind, is_interleaved=True),
            decision=decision(
                intent="&" * 500,
                because=(
                    Because(rule="&" * 500, condition="&" * 9_000, field="text", words=("&" * 900,) * 30),
                )
                * 30,
                entities=tuple(
                    Entity(kind="&" * 99, value=f"{n}{'&' * 999}", field="text", start=0, end=1)
                    for n in range(30)
                ),
            ),
            attachments=tuple(
                Attachment(filename=f"{'<&>' * 200}{n}", content_type="text/plain", size=10**9)
                for n in range(30)
            ),
            escalation=escalation(reason="&" * 3_000, acknowledged_by="U3", acknowledged_at=RECEIVED_AT),
            note="&" * 3_000,
            related_reference="DB-1001",
            writer=Address(email=f"{'&' * 2_000}@example.com", name="<!channel>" * 200),
        )
    )
    payload = message.payload()
    assert len(payload["text"].encode()) < 4_000
    assert "<" not in payload["text"]


@given(subject=_hostile, body=_hostile, filename=_hostile, name=_hostile, word=_hostile)
def test_nothing_that_a_customer_writes_breaks_the_card_or_gains_power(
    subject: str, body: str, filename: str, name: str, word: str
) -> None:
    """Whatever is written, the Slack tokens on the card are those of a card with harmless words."""
    because = (Because(rule="r", condition="c", field="subject", words=(word,)),)
    entities = (Entity(kind="order", value=word, field="text", start=0, end=1),)
    hostile = _shown(
        ticket=ticket(subject=subject, requester=Address(email="a@example.com", name=name)),
        visible=factories.visible(body),
        attachments=(Attachment(filename=filename, content_type="text/plain", size=1),),
        decision=decision(because=because, entities=entities),
    )
    assert _TOKEN.findall(hostile) == _TOKEN.findall(_shown())
    assert not re.search("[<>]|&(?!(amp|lt|gt);)", _TOKEN.sub("", hostile))


def test_the_newest_words_of_the_customer_stand_on_one_line_and_are_inert() -> None:
    latest = ticket_card.LatestMessage(at=factories.RECEIVED_AT, words="Any *news*?\n<!channel>")
    shown = _shown(latest=latest)
    assert "Wrote again <!date^" in shown
    assert "“Any \u2217news*? &lt;!channel&gt;”" in shown
    assert "Wrote again" not in _shown()


PROPOSALS = tuple(
    ticket_card.Proposal(queue=name.lower(), name=name, probability=probability)
    for name, probability in (("Billing", 0.62), ("Orders", 0.2), ("Tech", 0.1))
)


def test_the_two_best_guesses_are_buttons_with_their_queue() -> None:
    message = ticket_card.build(card(proposals=PROPOSALS))
    guesses = [button for button in factories.elements(message) if button["text"]["text"].startswith("→")]
    assert [button["text"]["text"] for button in guesses] == [
        "→ Billing 62\N{NO-BREAK SPACE}%",
        "→ Orders 20\N{NO-BREAK SPACE}%",
    ]
    assert [ids.GuessRef.decode(button["value"]).queue for button in guesses] == ["billing", "orders"]
    assert len({button["action_id"] for button in guesses}) == 2


GUESSES = (
    Guess(queue="billing", probability=0.62, terms=(Term(text="<!here>", weight=1.0),)),
    Guess(queue="orders", probability=0.2),
)
GUESSED = {"rule": None, "because": (), "guesses": GUESSES, "model": "linear:3f2a91c07b1e"}


def test_a_guess_that_decided_gives_its_words() -> None:
    shown = _shown(decision=decision(**GUESSED, is_guess=True, confidence=0.62))
    assert "No rule matched; model: “&lt;!here&gt;”." in shown
    assert "queue guessed, 62" in shown


def test_a_guess_that_was_not_sure_enough_says_so() -> None:
    assert "No rule matched; model unsure." in _shown(decision=decision(**GUESSED))
