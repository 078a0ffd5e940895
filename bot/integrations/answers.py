"""What the status of an HTTP answer means for an effect."""

from __future__ import annotations

from datetime import timedelta

import httpx

from bot.errors import PermanentError, RateLimitedError, TransientError

_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=10)
"""Where the other side asks for one and does not say how long, and the longest that is believed of it."""


def check(answer: httpx.Response, *, opened_by: str) -> None:
    """Nothing for a success; `opened_by` names the variable that should have opened the door.

    Raises:
        DeliveryError: for any other status; a redirect is one that nobody follows.
    """
    status = answer.status_code
    if answer.is_success:
        return
    said = f"{answer.url.host} answered {status}"
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise RateLimitedError(_asked_pause(answer.headers.get("Retry-After", "")))
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        raise PermanentError(f"{said}: {opened_by} does not open it")
    if answer.is_server_error or status == httpx.codes.REQUEST_TIMEOUT:
        raise TransientError(said)
    raise PermanentError(said)


def _asked_pause(told: str) -> timedelta:
    if not (told.isdecimal() and told.isascii()):
        return _PAUSE
    return min(timedelta(seconds=int(told[:6])), _LONGEST_PAUSE)
