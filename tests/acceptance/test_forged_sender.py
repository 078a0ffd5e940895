"""Mail whose sender is probably forged: it is shown with a warning, not answered, and joins no ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import config as config_module
from tests import desk as desk_module
from tests.acceptance.seen import words
from tests.desk import SUPPORT_YAML

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox import Sandbox

FORGED = {"Authentication-Results": "mx.acme.example; spf=pass; dmarc=fail"}


async def test_forged_answer_gets_a_ticket_of_its_own_with_a_warning_and_no_answer(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    shipped = SUPPORT_YAML.read_text(encoding="utf-8")
    own = tmp_path / "support.yaml"
    own.write_text(shipped.replace("  # authserv_ids:", "  authserv_ids:"), encoding="utf-8")
    async with desk_module.running(sandbox, tmp_path, config=config_module.load(own)) as desk:
        await desk.deliver()
        await desk.settle()
        await desk.deliver(
            id="mail-2", messageId="<2@elsewhere.example>", inReplyTo="<1@customer.example>", headers=FORGED
        )
        await desk.settle()
        assert "DMARC failed" in words(desk.card("DB-1002"))
        assert "DMARC" not in words(desk.card("DB-1001"))
        assert len(desk.inbox()) == 1
