"""Rules of a running desk that ask for more than words, from a mail to its card and trace."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from bot import config as config_module
from tests import desk as desk_module
from tests.acceptance.seen import trace_page, words
from tests.desk import ANA, SUPPORT_YAML

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config import SupportConfig
    from bot.sandbox import Sandbox
    from tests.desk import Desk


def with_rule(when: str, then: str = "{queue: abuse, intent: test}") -> SupportConfig:
    """The shipped desk with one more rule, asked first."""
    rule = f"rules:\n  - {{id: first, description: d, owner: o, when: {when}, then: {then}}}\n"
    text = SUPPORT_YAML.read_text(encoding="utf-8").replace("\nrules:\n", f"\n{rule}")
    return config_module.parse(text, name="test")


async def received(desk: Desk, **mail: object) -> None:
    await desk.deliver(**mail)
    await desk.settle()


async def test_a_rule_asks_what_the_bytes_of_a_file_say(sandbox: Sandbox, tmp_path: Path) -> None:
    config = with_rule("{attachment: {filename: {matches: '\\.pdf$'}, detected_type: {matches: executable}}}")
    program = base64.b64encode(b"MZ\x90\x00\x03\x00\x00\x00").decode()
    file = {"filename": "bill.pdf", "contentType": "application/pdf", "content": program}
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await received(desk, subject="Hello", text="See below.", attachments=[file])
        card = desk.card("DB-1001")
        assert "Waiting in *Abuse*" in words(card)
        assert "detected_type matches" in await trace_page(desk, card)


async def test_a_rule_asks_for_the_language(sandbox: Sandbox, tmp_path: Path) -> None:
    config = with_rule("{language: {is: [de]}}")
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await received(desk, subject="Frage", text="Guten Tag, wann haben Sie denn am Wochenende geöffnet?")
        assert "Waiting in *Abuse*" in words(desk.card("DB-1001"))


async def test_a_rule_opens_an_incident_which_stands_for_its_ticket(sandbox: Sandbox, tmp_path: Path) -> None:
    config = with_rule(
        "{subject: {contains: [outage]}}",
        "{queue: tech, intent: outage, incident: true, entities: {site: shop}}",
    )
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await received(desk, subject="Total outage")
        card = await desk.command(ANA, "/support ticket DB-1001")
        assert "🔥 *Part of INC-1*" in words(card)
        assert "Site shop" in words(card)
        assert "sign of a larger trouble" in await trace_page(desk, card)
