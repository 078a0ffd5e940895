"""Traces to show, and a source that holds them in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.web.trace_view import Download, Outgoing, Step, Trace
from routing.attachment import AttachmentState, StoredAttachment
from routing.decision import Because, Candidate, Entity, Priority, RoutingDecision
from routing.email import Address, Attachment, InboundEmail

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TRACE_ID = "tr-7f3a91c2"
NOW = datetime(2026, 3, 4, 9, 30, 12, 400_000, tzinfo=UTC)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)

TEXT = """Hello,

I was charged twice for order #482913. My bank says both payments went to you:
https://bank.example/statements/march?page=2

The invoice is attached. Please refund one of them; I need it before Friday.

Best wishes,
Mira Lindqvist
"""

HTML = """<p>Hello,</p>
<p>I was charged <b>twice</b> for order <span style="background-color: #fff0b8">#482913</span>.
My bank says both payments went to you:
<a href="https://bank.example/statements/march?page=2">my statement</a></p>
<table cellpadding="6" border="1" style="border-collapse: collapse"><tr><th>Date</th><th>Amount</th></tr>
<tr><td>1 March</td><td align="right">€ 84.90</td></tr>
<tr><td>1 March</td><td align="right">€ 84.90</td></tr></table>
<p>The invoice is attached. Please refund one of them; I need it before Friday.</p>
<p>Best wishes,<br>Mira Lindqvist <img src="cid:logo@mira.example" width="12" height="12" alt="logo"></p>"""


def email(**changes: Any) -> InboundEmail:
    fields: dict[str, Any] = {
        "received_at": NOW,
        "message_id": "<m1@mira.example>",
        "sender": Address(email="mira@mira.example", name="Mira Lindqvist"),
        "to": (Address(email="help@shop.example"),),
        "subject": "Charged twice for order #482913, please refund",
        "text": TEXT,
        "html": HTML,
        "attachments": (
            Attachment(filename="invoice-482913.pdf", content_type="application/pdf", size=48_213),
            Attachment(
                filename="logo.png", content_type="image/png", size=len(PIXEL), content_id="logo@mira.example"
            ),
        ),
        "headers": (
            ("Received", "from mx.mira.example by mx.shop.example; Wed, 4 Mar 2026 09:30:11 +0000"),
            ("Message-ID", "<m1@mira.example>"),
            ("Subject", "Charged twice for order #482913, please refund"),
        ),
    }
    return InboundEmail(**fields | changes)


def decision() -> RoutingDecision:
    refund = Because(
        rule="billing-refund",
        condition="subject matches refund|chargeback|invoice",
        field="subject",
        words=("refund",),
    )
    invoice = Because(
        rule="billing-refund",
        condition="attachment matches invoice.*[.]pdf",
        field="attachment",
        words=("invoice-482913.pdf",),
    )
    return RoutingDecision(
        queue="billing",
        intent="refund",
        confidence=0.92,
        rule="billing-refund",
        because=(refund, invoice),
        runner_up=Candidate(queue="orders", intent="order_status", confidence=0.6, rule="order-number"),
        entities=(Entity(kind="order_id", value="482913", field="subject", start=18, end=31),),
        priority=Priority.HIGH,
        tags=("payment",),
        ruleset="9f2c41d07be85a13" * 4,
    )


def stored(attachment: Attachment, position: int = 0, **changes: Any) -> StoredAttachment:
    """What is known of a file that was scanned."""
    fields: dict[str, Any] = {
        "trace_id": TRACE_ID,
        "position": position,
        "filename": attachment.filename,
        "declared_type": attachment.content_type,
        "size": attachment.size,
        "state": AttachmentState.CLEAN,
    }
    return StoredAttachment(**fields | changes)


def trace(**changes: Any) -> Trace:
    """A mail that was routed, posted, acknowledged and claimed; its copy in the help desk is failing."""
    body = {
        "id": "evt_20c1",
        "from": "Mira Lindqvist <mira@mira.example>",
        "to": ["help@shop.example"],
        "subject": "Charged twice for order #482913, please refund",
        "text": TEXT,
        "spf_pass": True,
        "attachments": [{"filename": "invoice-482913.pdf", "size": 48213, "content": "JVBERi0xLjcK" * 400}],
    }
    whole = Trace(
        trace_id=TRACE_ID,
        tenant="shop",
        source="shop-inbox",
        provider="mailparse",
        received_at=NOW,
        state="done",
        content_type="application/json",
        raw=json.dumps(body).encode(),
        email=email(),
        files={number: stored(file, number) for number, file in enumerate(email().attachments)},
        decision=decision(),
        ticket_reference="DB-1042",
        ticket_id=1042,
        timeline=_timeline(),
        outgoing=_outgoing(),
    )
    return replace(whole, **changes)


def unparseable() -> Trace:
    return trace(
        state="unparseable",
        parse_error="from: expected an address, got a list of numbers",
        raw=b'{"from": [1, 2], "subject": <script>alert(1)</script>',
        email=None,
        decision=None,
        ticket_reference=None,
        ticket_id=None,
        outgoing=(),
        timeline=_timeline()[:1],
    )


def _timeline() -> tuple[Step, ...]:
    return (
        Step(at=NOW, actor="deskbell", action="stored", detail={"source": "shop-inbox", "size": "6.1 KB"}),
        Step(
            at=NOW + timedelta(seconds=0.2),
            actor="deskbell",
            action="routed",
            detail={"queue": "billing", "rule": "billing-refund"},
        ),
        Step(
            at=NOW + timedelta(seconds=0.3),
            actor="deskbell",
            action="ticket_opened",
            detail={"ticket": "DB-1042", "tier": "gold"},
        ),
        Step(at=NOW + timedelta(minutes=14), actor="U0ANA", action="claimed"),
    )


def _outgoing() -> tuple[Outgoing, ...]:
    return (
        Outgoing(
            kind="slack.post_card",
            lane="slack",
            state="done",
            attempts=1,
            due_at=NOW,
            done_at=NOW + timedelta(seconds=1),
        ),
        Outgoing(
            kind="email.acknowledge",
            lane="smtp",
            state="done",
            attempts=2,
            due_at=NOW,
            done_at=NOW + timedelta(seconds=9),
        ),
        Outgoing(
            kind="helpdesk.sync",
            lane="helpdesk",
            state="ready",
            attempts=3,
            due_at=NOW + timedelta(minutes=16),
            last_error="503 Service Unavailable",
        ),
    )


@dataclass(kw_only=True)
class MemoryTraces:
    """A `TraceSource` of what it is given."""

    traces: dict[str, Trace] = field(default_factory=dict)
    files: dict[tuple[str, int], bytes] = field(default_factory=dict)

    async def trace(self, trace_id: str) -> Trace | None:
        return self.traces.get(trace_id)

    async def attachment(self, trace_id: str, position: int) -> Download | None:
        body = self.files.get((trace_id, position))
        held = self.traces[trace_id].email
        if body is None or held is None:
            return None
        return Download(
            filename=held.attachments[position].filename, size=len(body), chunks=_chunks(body[:3], body[3:])
        )


async def _chunks(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
