"""The signatures that Slack and the mail provider put on what they send."""

from __future__ import annotations

import hashlib
import hmac


def slack_headers(body: bytes, *, secret: str, timestamp: int) -> dict[str, str]:
    """Slack's request signature, version 0; time in Unix seconds (docs.slack.dev, verifying requests)."""
    signed = b"v0:%d:%s" % (timestamp, body)
    return {"X-Slack-Request-Timestamp": str(timestamp), "X-Slack-Signature": f"v0={_hex(signed, secret)}"}


def mail_headers(body: bytes, *, secret: str) -> dict[str, str]:
    """The mail webhook's signature over the raw body."""
    return {"X-Signature": f"sha256={_hex(body, secret)}"}


def _hex(signed: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
