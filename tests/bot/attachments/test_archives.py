"""What may be unpacked by a scanner, and what it never sees."""

from __future__ import annotations

import io
import os
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.attachments import archives
from bot.errors import PermanentError
from tests import packed

if TYPE_CHECKING:
    from collections.abc import Callable


def check(content: bytes) -> None:
    archives.check(io.BytesIO(content))


def many(count: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}", b"")
    return target.getvalue()


def nested(pack: Callable[[bytes], bytes], depth: int, content: bytes = b"hello") -> bytes:
    for _ in range(depth):
        content = pack(content)
    return content


HARMLESS = {
    "empty": b"",
    "text": b"hello",
    "large": b"%PDF-1.7\n" + bytes(10_000_000),
    "zip": packed.zipped(b"hello"),
    "zip of nothing": packed.zipped(b""),
    "zip of a log": packed.zipped(b"a line of a log, much like the others\n" * 100_000),
    "tar.gz": packed.tarred(b"hello"),
    "mail": packed.mailed(b"hello"),
    "mail with zip": packed.mailed(packed.zipped(b"hello")),
    "nested": nested(packed.zipped, 8),
    "many": many(2_000),
    "like a mail": b"Content-Type: is what this text is about",
}
HARMFUL = {
    "bomb": (packed.bomb(), "200 times"),
    "bomb in zip": (packed.zipped(packed.bomb()), "200 times"),
    "bomb in mail": (packed.mailed(packed.bomb()), "200 times"),
    "bomb of gzip": (packed.gzipped(bytes(10_000_000)), "200 times"),
    "large member": (packed.zipped(os.urandom(2_000) * 15_000), "more than a scanner"),
    "nested": (nested(packed.zipped, 9), "nested deeper"),
    "nested gzip": (nested(packed.gzipped, 9), "nested deeper"),
    "many": (many(2_001), "2000 files"),
    "very many": (many(21_000), "2000 files"),
    "encrypted": (packed.encrypted(b"hello"), "encrypted"),
    "encrypted in mail": (packed.mailed(packed.encrypted(b"hello")), "encrypted"),
    "half a zip": (packed.zipped(b"hello")[:-10], "damaged"),
    "half a gzip": (packed.gzipped(b"hello")[:-10], "damaged"),
    "7z": (b"7z\xbc\xaf'\x1c", "a 7z archive"),
    "rar in zip": (packed.zipped(b"Rar!\x1a\x07\x00"), "a rar archive"),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_small_or_no_archive_goes_to_the_scanner(name: str) -> None:
    check(HARMLESS[name])


@pytest.mark.parametrize("name", HARMFUL)
def test_a_bomb_or_what_nobody_can_look_into_does_not(name: str) -> None:
    content, reason = HARMFUL[name]
    with pytest.raises(PermanentError, match=reason):
        check(content)


def test_all_members_together_are_bounded() -> None:
    noise = os.urandom(2_000) * 10_000
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(6):
            archive.writestr(f"{number}", noise)
    with pytest.raises(PermanentError, match="more than a scanner"):
        check(target.getvalue())


_PACKED = [
    packed.zipped(b"hello"),
    packed.tarred(b"hello"),
    packed.gzipped(b"hello"),
    packed.mailed(b"hello"),
]


@settings(deadline=None)
@given(st.sampled_from(_PACKED), st.integers(0, 200), st.binary(max_size=8))
def test_damage_is_refused_and_never_an_error(content: bytes, at: int, damage: bytes) -> None:
    with suppress(PermanentError):
        check(content[:at] + damage + content[at + len(damage) :])
