"""The services that call people by telephone, as support.yaml names them; secrets come from the environment."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from bot.config_directory import BaseUrl  # noqa: TC001 - pydantic reads the annotations
from routing.strict import Strict


class PagerDuty(Strict):
    """The Events API v2 of PagerDuty."""

    kind: Literal["pagerduty"]
    url: BaseUrl = "https://events.pagerduty.com"
    """`https://events.eu.pagerduty.com` for an account in the EU."""


class JsmOperations(Strict):
    """Alerts of Jira Service Management Operations, or of Opsgenie."""

    kind: Literal["jsm"]
    url: BaseUrl = "https://api.atlassian.com/jsm/ops/integration"
    """`https://api.opsgenie.com` or `https://api.eu.opsgenie.com` for Opsgenie."""


class WebhookTarget(Strict):
    """A signed webhook to a server of the team's own."""

    kind: Literal["webhook"]
    url: BaseUrl


KINDS = ("pagerduty", "jsm", "webhook")


def _tag(value: Any) -> str | None:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return f"<{kind}>" if isinstance(kind, str) and kind in KINDS else None


Pager = Annotated[
    Annotated[PagerDuty, Tag("<pagerduty>")]
    | Annotated[JsmOperations, Tag("<jsm>")]
    | Annotated[WebhookTarget, Tag("<webhook>")],
    Discriminator(
        _tag,
        custom_error_type="pager",
        custom_error_message=f"needs a kind: write kind: and one of {', '.join(KINDS)}",
    ),
]
