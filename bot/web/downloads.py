"""Files of strangers, handed on so that no browser opens them in place."""

from __future__ import annotations

import re
from urllib.parse import quote

from aiohttp import web

from routing import email

_RESERVED = re.compile(r'[<>:"|?*%\\/\x00-\x1f\x7f]')
_MAX_NAME = 120
_BYTES = "application/octet-stream"


def file_name(sent: str) -> str:
    """A name without folders, reserved or invisible characters, at most 120 characters, its ending kept."""
    last = re.split(r"[/\\]", email.clean_line(sent))[-1]
    name = _RESERVED.sub("_", last).strip(" .") or "attachment"
    return name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 20]}…{name[-19:]}"


def response(body: bytes, *, name: str) -> web.Response:
    """The bytes as a download; the media type that the sender claimed is not repeated."""
    return web.Response(body=body, content_type=_BYTES, headers={"Content-Disposition": disposition(name)})


def stream(*, name: str, size: int) -> web.StreamResponse:
    """As `response`, for bytes that are written one after the other."""
    headers = {"Content-Disposition": disposition(name), "Content-Type": _BYTES, "Content-Length": str(size)}
    return web.StreamResponse(headers=headers)


def disposition(name: str) -> str:
    """The header of RFC 6266: `filename*` for every client of today, an ASCII `filename` for the others."""
    cleaned = file_name(name)
    plain = cleaned.encode("ascii", "replace").decode().replace("?", "_")
    encoded = quote(cleaned.encode(errors="replace"), safe="")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
