"""Files in Slack: announced, sent to an address of their own, then shared.

Source: docs.slack.dev/messaging/working-with-files.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError

from bot.errors import PermanentError, TransientError

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.integrations.interfaces import SharedFile

_LONGEST_SECONDS: Final = 30
"""All three steps together, well within the lease of the entry."""
_OK: Final = 200
_FIRST_SERVER_ERROR: Final = 500
_REQUEST_TIMEOUT: Final = 408
_TOO_MANY_REQUESTS: Final = 429
_NO_SCOPE: Final = (
    "Slack takes no file, because the app lacks the scope files:write (missing_scope): add it at api.slack.com/apps "
    "under OAuth & Permissions, as in manifest.yml, and install the app again"
)


async def share(client: AsyncWebClient, channel: str, file: SharedFile, *, thread_ts: str) -> None:
    """Put a file into a thread; nobody sees it before the last step.

    Raises:
        PermanentError: the scope is missing, or the address of the file does not take it.
        TransientError: the address of the file does not take it now.
        SlackApiError, TimeoutError, ClientError, OSError: as the SDK has them.
    """
    async with asyncio.timeout(_LONGEST_SECONDS):
        try:
            announced = await client.files_getUploadURLExternal(filename=file.name, length=len(file.content))
        except SlackApiError as error:
            if error.response.get("error") == "missing_scope":
                raise PermanentError(_NO_SCOPE) from error
            raise
        await _send(announced["upload_url"], file.content)
        await client.files_completeUploadExternal(
            files=[{"id": announced["file_id"], "title": file.title}],
            channel_id=channel,
            thread_ts=thread_ts,
            initial_comment=file.comment,
        )


async def is_there(client: AsyncWebClient, channel: str, *, name: str, thread_ts: str) -> bool:
    """Whether a thread has a file of this name.

    Raises:
        SlackApiError, TimeoutError, ClientError, OSError: as the SDK has them.
    """
    async for page in await client.conversations_replies(channel=channel, ts=thread_ts, limit=200):
        for message in page["messages"]:
            if any(file.get("name") == name for file in message.get("files", [])):
                return True
    return False


async def _send(url: str, content: bytes) -> None:
    """Slack has told us this address, so it is where it goes, and nowhere else."""
    async with ClientSession() as session, session.post(url, data=content, allow_redirects=False) as response:
        status = response.status
    if status == _OK:
        return
    message = f"Slack: its address for the file answered {status}"
    if status >= _FIRST_SERVER_ERROR or status in {_REQUEST_TIMEOUT, _TOO_MANY_REQUESTS}:
        raise TransientError(message)
    raise PermanentError(message)
