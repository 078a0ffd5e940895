"""Which files of mails are kept, as support.yaml says it."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import Field

from bot.config_types import Size  # noqa: TC001 - pydantic reads the annotations
from routing.strict import Strict, shaped

_DOCUMENTS = (
    *("application/pdf", "application/rtf", "application/msword"),
    *("application/vnd.openxmlformats-officedocument.*", "application/vnd.oasis.opendocument.*"),
    *("application/json", "application/xml", "text/plain", "text/calendar", "text/vcard"),
)
_MEDIA = (
    *("image/png", "image/jpeg", "image/gif", "image/webp", "image/heif", "image/tiff", "image/bmp"),
    *("audio/*", "video/*"),
)
_PACKED = (
    *("application/zip", "application/gzip", "message/rfc822"),
    *("application/pkcs7-mime", "application/vnd.ms-tnef"),
)

_Pattern = Annotated[
    str,
    shaped(r"[a-z0-9*][a-z0-9.+*-]*/[a-z0-9*][a-z0-9.+*-]*", "a media type such as image/png, or image/*"),
]


class Attachments(Strict):
    """What is too large, too many or not wanted is not kept apart from the mail, and nobody can download it."""

    max_size: Size = 25 * 1024 * 1024
    """Bytes of one file."""
    max_count: int = Field(default=50, ge=0, le=500)
    """Files of one mail."""
    allowed_types: tuple[_Pattern, ...] = (*_DOCUMENTS, *_MEDIA, *_PACKED)
    """Patterns of detected media types, as in a shell."""

    def allows(self, media_type: str) -> bool:
        return any(fnmatchcase(media_type, pattern) for pattern in self.allowed_types)
