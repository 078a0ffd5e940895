"""What a file really is, from its first bytes: neither its name nor its sender is asked."""

from __future__ import annotations

import re
from typing import Final

import puremagic

HEAD: Final = 64 * 1024
"""How many bytes from the start are looked at."""

UNKNOWN: Final = "application/octet-stream"
_TEXT: Final = "text/plain"

_SURE = 0.4
"""puremagic's confidence for a signature of four bytes; with less, what reads as text is text."""

_ALIASES = {
    "application/x-gzip": "application/gzip",
    "application/x-rar-compressed": "application/vnd.rar",
    "image/x-ms-bmp": "image/bmp",
}

# What puremagic does not know or takes for something else.
_SIGNATURES = (
    (re.compile(rb"MZ.{0,200}\0", re.DOTALL), "application/vnd.microsoft.portable-executable"),
    (re.compile(rb"\x7fELF"), "application/x-elf"),
    (re.compile(rb"\x78\x9f\x3e\x22"), "application/vnd.ms-tnef"),
    # A DER sequence that begins with an object identifier of PKCS #7 (RFC 2315, 14): signed or encrypted mail.
    (re.compile(rb"\x30.{1,6}\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07", re.DOTALL), "application/pkcs7-mime"),
)

# A ZIP file says by the names of its members what else it is (ECMA-376; OpenDocument 1.2, part 3, 3.3).
_ZIP = re.compile(rb"PK(?:\x03\x04|\x05\x06)")
_MIMETYPE_MEMBER = re.compile(rb"PK\x03\x04.{26}mimetype([a-z]+/[a-z0-9.+-]{1,80})", re.DOTALL)
_OFFICE_MEMBER = re.compile(rb"PK\x03\x04.{26}(word|xl|ppt|META-INF)/", re.DOTALL)
_OFFICE = {
    b"word": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    b"META-INF": "application/java-archive",
}

_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def detect(head: bytes) -> str:
    """The media type of a file that begins like this; `application/octet-stream` when nobody knows."""
    for pattern, media_type in _SIGNATURES:
        if pattern.match(head):
            return media_type
    if _ZIP.match(head):
        return _zip_kind(head)
    confidence, media_type = _guess(head)
    if not _BINARY.search(head) and confidence < _SURE:
        return _TEXT
    return _ALIASES.get(media_type, media_type)


def _zip_kind(head: bytes) -> str:
    if found := _MIMETYPE_MEMBER.match(head):
        return found[1].decode()
    if found := _OFFICE_MEMBER.search(head):
        return _OFFICE[found[1]]
    return "application/zip"


def _guess(head: bytes) -> tuple[float, str]:
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):  # unknown, or empty
        return 0, UNKNOWN
    return next(((match.confidence, match.mime_type) for match in found if match.mime_type), (0, UNKNOWN))
