"""What the Web API methods work on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sandbox.modals import Modals
    from bot.sandbox.socket_mode import SocketMode
    from bot.sandbox.triggers import Triggers
    from bot.sandbox.workspace import Workspace


@dataclass(kw_only=True)
class Slack:
    """The stand-in Slack, without its wires."""

    workspace: Workspace
    modals: Modals
    triggers: Triggers
    sockets: SocketMode
    address: str = ""
    """`127.0.0.1:PORT`, known once the server listens."""
