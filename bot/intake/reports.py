"""The parts of a report (RFC 6522) that tell which message it is about and what became of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.intake import charset, headers, parts
from routing.email import clean_line, clean_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pydantic import JsonValue

_STATUS: Final = {"message/delivery-status", "message/global-delivery-status"}
_RETURNED: Final = {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}
_LONGEST_STATUS: Final = 64 * 1024


class Report(NamedTuple):
    """As the fields of `InboundEmail` by these names; both None where the mail is no report."""

    delivery_status: str | None = None
    returned_message_id: str | None = None


def read(pairs: Sequence[tuple[str, str]], content: Iterable[tuple[str, Callable[[], bytes]]]) -> Report:
    """Find both in a mail.

    Args:
        pairs: the headers of the mail.
        content: media type of each part in lower case, and how to get its bytes.
    """
    found = [(media_type, get) for media_type, get in content if media_type in _STATUS | _RETURNED]
    status = next((get() for media_type, get in found if media_type in _STATUS), None)
    if status is None and not _is_report(pairs):
        return Report()  # a mail with a forwarded one inside
    returned = next((get() for media_type, get in found if media_type in _RETURNED), b"")
    return Report(
        delivery_status=None if status is None else clean_text(charset.decode(status[:_LONGEST_STATUS])),
        returned_message_id=_message_id(returned),
    )


def json_parts(attachments: JsonValue) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """The attachments of a JSON payload, as `read` wants them."""
    for item in attachments if isinstance(attachments, list) else ():
        if isinstance(item, dict) and isinstance(content := item.get("content"), str):
            media_type = item.get("contentType") or item.get("content_type")
            if isinstance(media_type, str):
                yield media_type.partition(";")[0].strip().lower(), partial(_decoded, content)


def _decoded(content: str) -> bytes:
    return charset.decode_base64(content.encode("ascii", "replace"))


def _is_report(pairs: Sequence[tuple[str, str]]) -> bool:
    return (headers.first(pairs, "content-type") or "").lower().startswith("multipart/report")


def _message_id(message: bytes) -> str | None:
    value = headers.first(parts.read_headers(message), "message-id") or ""
    return next(iter(headers.message_ids(clean_line(value))), None)
