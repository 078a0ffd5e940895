from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bot.escalation import switchboard

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.sandbox import Sandbox
    from tests.bot.escalation.switchboard import Switchboard


@pytest.fixture
async def board(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Switchboard]:
    async with switchboard.staffed(sandbox, tmp_path, subject="Is the shop\r\ndown? " + "x" * 200) as board:
        yield board
