"""What those who run the desk see: readiness, metrics, and logs that give nobody away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.acceptance.process import DeskProcess
from tests.desk import BOT_TOKEN, SECRET_KEY, SIGNING_SECRET, WEBHOOK_SECRET

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.desk import Desk


async def test_a_running_desk_is_ready_and_says_what_it_depends_on(desk: Desk) -> None:
    answer = await desk.http.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "checks": {"database": "ok"}})
    assert (await desk.http.get("/healthz")).json() == {"status": "ok"}


async def test_a_destination_that_is_down_does_not_make_the_desk_unready(desk: Desk) -> None:
    """A load balancer that took the desk out because Slack is away would refuse mail for nothing."""
    for _ in range(5):
        desk.sandbox.fail_next("chat.postMessage", status=503)
    for number in range(5):
        await desk.deliver(id=f"mail-{number}", messageId=f"<{number}@customer.example>")
    await desk.settle()
    answer = await desk.http.get("/readyz")
    paused = {"slack.post:#billing": "ok (paused: it does not answer)"}
    assert (answer.status_code, answer.json()["checks"]) == (200, {"database": "ok"} | paused)


async def test_metrics_count_what_came_what_was_decided_and_what_went_out(desk: Desk) -> None:
    await desk.sandbox.remove("#billing")
    await desk.sandbox.remove("#support-fallback")
    await desk.deliver()
    await desk.deliver()
    await desk.deliver(id="robot", headers={"Auto-Submitted": "auto-generated"}, subject="hello")
    await desk.http.post("/webhooks/mailparse", content=b"{}", headers={"Content-Type": "application/json"})
    await desk.settle()
    metrics = (await desk.http.get("/metrics")).text.splitlines()
    for line in (
        'deskbell_mails_received_total{source="mailparse",status="accepted"} 2.0',
        'deskbell_mails_received_total{source="mailparse",status="duplicate"} 1.0',
        'deskbell_mails_received_total{source="mailparse",status="invalid_signature"} 1.0',
        'deskbell_mails_routed_total{queue="billing"} 1.0',
        'deskbell_outbox_attempts_total{kind="email.acknowledge",outcome="done"} 2.0',
        'deskbell_outbound_refused_total{reason="automatic_mail"} 1.0',
        'deskbell_outbox_entries{state="dead"} 1.0',
        "deskbell_webhook_seconds_count 4.0",
    ):
        assert line in metrics


async def test_the_log_is_json_and_holds_no_secret_and_no_whole_address(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """At its most talkative, with an SMTP server that repeats the address and a Slack that fails."""
    sandbox.smtp_reject("maria@customer.example", "451 4.2.0 <maria@customer.example> is busy")
    sandbox.fail_next("chat.postMessage", status=503)
    process = DeskProcess(sandbox, tmp_path)
    await process.start()
    answer = await process.desk.deliver()
    await process.desk.settle()
    await process.close()
    lines = [json.loads(line) for line in process.log.splitlines()]
    events = {line["event"]: line for line in lines}
    assert {"mail_received", "ticket_opened", "outbox_retry"} <= events.keys()
    retries = [line for line in lines if line["event"] == "outbox_retry"]
    assert {line["trace_id"] for line in retries} == {answer.json()["trace_id"]}
    assert any("m***@c***.example" in line["error"] for line in retries)
    for secret in (BOT_TOKEN, SIGNING_SECRET, WEBHOOK_SECRET, SECRET_KEY, "maria@customer.example"):
        assert secret not in process.log
