"""The Trace link of a card: it opens everything that is known of a mail, to whoever holds it and to nobody else."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.clock import utc_now
from tests import desk as desk_module
from tests.acceptance.seen import trace_page, trace_path
from tests.desk import payload

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.desk import Desk

PDF = b"%PDF-1.7\x00\xff not really"


def with_invoice() -> dict[str, object]:
    content = base64.b64encode(PDF).decode()
    invoice = {"filename": "invoice ü.pdf", "contentType": "application/pdf", "content": content}
    return payload(attachments=[invoice], html="<p>I was <b>charged</b> twice.</p><script>alert(1)</script>")


async def test_the_link_of_the_card_opens_the_mail_the_decision_and_every_step(desk: Desk) -> None:
    await desk.deliver(with_invoice())
    await desk.settle()
    page = await trace_page(desk, desk.card("DB-1001"))
    for expected in ("DB-1001", "INV-2041", "money", "slack.post_card", "email.acknowledge"):
        assert expected in page


async def test_the_stored_json_is_what_the_provider_sent(desk: Desk) -> None:
    mail = with_invoice() | {"x-unknown": [1, 2, {"deep": None}]}
    await desk.deliver(mail)
    await desk.settle()
    path = trace_path(desk, desk.card("DB-1001"))
    assert (await desk.http.get(path.replace("?", ".json?"))).json() == mail
    raw = await desk.http.get(path.replace("?", "/raw?"))
    assert raw.content == json.dumps(mail).encode()
    assert raw.headers["Content-Disposition"].startswith("attachment")


async def test_an_attachment_comes_down_byte_for_byte_and_opens_in_no_browser(desk: Desk) -> None:
    await desk.deliver(with_invoice())
    await desk.settle()
    path = trace_path(desk, desk.card("DB-1001"))
    file = await desk.http.get(path.replace("?", "/attachments/0?"))
    assert file.content == PDF
    assert file.headers["Content-Type"] == "application/octet-stream"
    assert "filename*=UTF-8''invoice%20%C3%BC.pdf" in file.headers["Content-Disposition"]
    assert (await desk.http.get(path.replace("?", "/attachments/1?"))).status_code == 403


async def test_the_mail_is_shown_without_its_scripts(desk: Desk) -> None:
    await desk.deliver(with_invoice())
    await desk.settle()
    mail = await desk.http.get(trace_path(desk, desk.card("DB-1001")).replace("?", "/body.html?"))
    assert "<b>charged</b>" in mail.text
    assert "alert" not in mail.text
    assert "sandbox" in mail.headers["Content-Security-Policy"]


async def test_without_a_valid_link_nothing_opens_and_nothing_leaks(desk: Desk) -> None:
    await desk.deliver(with_invoice())
    first = await desk.deliver(id="mail-2", messageId="<2@customer.example>")
    await desk.settle()
    path = trace_path(desk, desk.card("DB-1001"))
    trace_id, _, query = path.removeprefix("/traces/").partition("?")
    tampered = [
        f"/traces/{trace_id}",
        path[:-1] + ("A" if path[-1] != "A" else "B"),
        path.replace("expires=", "expires=9"),
        f"/traces/{first.json()['trace_id']}?{query}",
        f"/traces/{'0' * 32}?{query}",
    ]
    below = ["", ".json", "/raw", "/body.html", "/attachments/0"]
    targets = [
        path.replace("?", f"{part}?") if "?" in path else path + part for path in tampered for part in below
    ]
    answers = [await desk.http.get(target) for target in targets]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.content for answer in answers}) == 1
    assert "Refund" not in answers[0].text


async def test_a_link_expires(sandbox: Sandbox, tmp_path: Path) -> None:
    later = timedelta()
    async with desk_module.running(sandbox, tmp_path, clock=lambda: utc_now() + later) as desk:
        await desk.deliver()
        await desk.settle()
        path = trace_path(desk, desk.card("DB-1001"))
        later = timedelta(days=6)
        assert (await desk.http.get(path)).status_code == 200
        later = timedelta(days=8)
        assert (await desk.http.get(path)).status_code == 403
