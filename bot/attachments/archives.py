"""Whether an archive may be unpacked at all: asked before a scanner sees it, because a scanner gives up quietly.

Everything is really unpacked, to be counted and thrown away: what an archive says of its own sizes may be a lie.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import tarfile
import zipfile
import zlib
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from bot.errors import PermanentError
from bot.intake import parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Each is at most what clamd takes in Debian's configuration (MaxRecursion, MaxFiles, MaxFileSize, MaxScanSize); where
# it is given more, it calls the rest clean.
DEEPEST: Final = 8
MOST_MEMBERS: Final = 2_000
LARGEST_MEMBER: Final = 25 * 1024 * 1024
LARGEST: Final = 100 * 1024 * 1024
"""All members together."""
_RATIO = 200
_RATIO_FROM = 4 * 1024 * 1024
"""A member that unpacks to more than this may not be two hundred times as large as the file it came in."""

_CHUNK = 256 * 1024
_IN_MEMORY = 1024 * 1024
_ENCRYPTED = 0x1  # of a ZIP member's flags (APPNOTE.TXT, 4.4.4)

_ZIP_MEMBER, _ZIP_LISTED = b"PK\x03\x04", b"PK\x01\x02"
_STREAMS: dict[bytes, Callable[[BinaryIO], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}
_OPAQUE = {b"7z\xbc\xaf'\x1c": "7z", b"Rar!\x1a\x07": "rar", b"MSCF": "cab"}
_MAIL = re.compile(rb"^(?:mime-version|content-type):", re.IGNORECASE | re.MULTILINE)
_HEAD = 4096
_TAR_MAGIC_AT = 257

_BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError),
)
"""What the standard library raises on files that are damaged, or packed in a way that it does not know."""


def check(file: BinaryIO) -> None:
    """Return when a scanner may look into the file, be it an archive or not; slow, so call it in a thread.

    Raises:
        PermanentError: it is a bomb, is encrypted or damaged, or cannot be looked into.
    """
    _Budget().spend(file, depth=0)


class _Budget:
    """What a file may unpack to, nested archives included."""

    def __init__(self) -> None:
        self._members = 0
        self._bytes = 0

    def spend(self, file: BinaryIO, *, depth: int) -> None:
        file.seek(0)
        head = file.read(_HEAD)
        if name := next((name for magic, name in _OPAQUE.items() if head.startswith(magic)), None):
            raise PermanentError(f"nobody can look into a {name} archive here")
        members = _members(file, head)
        if members is None:
            return
        if depth == DEEPEST:
            raise PermanentError(f"archives are nested deeper than {DEEPEST}")
        size = file.seek(0, 2)
        try:
            for member in members:
                self._take(member, size, depth)
        except PermanentError:
            raise
        except _BROKEN as error:
            if isinstance(error, OSError) and error.errno:
                raise  # our own disk, not the archive
            raise PermanentError(f"the archive is damaged: {type(error).__name__}") from error

    def _take(self, member: BinaryIO, packed: int, depth: int) -> None:
        self._members += 1
        if self._members > MOST_MEMBERS:
            raise PermanentError(f"it unpacks to more than {MOST_MEMBERS} files")
        with member, SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
            unpacked = 0
            while chunk := member.read(_CHUNK):
                unpacked += len(chunk)
                self._bytes += len(chunk)
                self._refuse(unpacked, packed)
                copy.write(chunk)
            self.spend(cast("BinaryIO", copy), depth=depth + 1)

    def _refuse(self, unpacked: int, packed: int) -> None:
        if unpacked > LARGEST_MEMBER or self._bytes > LARGEST:
            raise PermanentError("it unpacks to more than a scanner looks at")
        if unpacked > _RATIO_FROM and unpacked > _RATIO * packed:
            raise PermanentError(f"it unpacks to more than {_RATIO} times its size")


def _members(file: BinaryIO, head: bytes) -> Iterator[BinaryIO] | None:
    """The members to read one after the other; None where the file is no archive."""
    file.seek(0)
    if zipfile.is_zipfile(file) or head.startswith(_ZIP_MEMBER):
        return _of_zip(file)
    for magic, kind in _STREAMS.items():
        if head.startswith(magic):
            return _of_stream(file, kind)
    if head[_TAR_MAGIC_AT:].startswith(b"ustar"):
        return _of_tar(file)
    if _MAIL.search(head):
        return _of_mail(file)
    return None


def _of_zip(file: BinaryIO) -> Iterator[BinaryIO]:
    if _is_crowded(file):
        raise PermanentError(f"it unpacks to more than {MOST_MEMBERS} files")
    with zipfile.ZipFile(file) as archive:
        for entry in archive.infolist():
            if entry.flag_bits & _ENCRYPTED:
                raise PermanentError("the archive is encrypted")
            yield cast("BinaryIO", archive.open(entry))


def _is_crowded(file: BinaryIO) -> bool:
    """Whether the list of members alone would fill the memory; those of archives in it, unpacked, count too."""
    file.seek(0)
    listed = sum(chunk.count(_ZIP_LISTED) for chunk in iter(lambda: file.read(_CHUNK), b""))
    return listed > 10 * MOST_MEMBERS


def _of_stream(file: BinaryIO, unpack: Callable[[BinaryIO], Any]) -> Iterator[BinaryIO]:
    file.seek(0)
    yield unpack(file)


def _of_tar(file: BinaryIO) -> Iterator[BinaryIO]:
    file.seek(0)
    with tarfile.open(fileobj=file, mode="r:") as archive:
        for entry in archive:
            if content := archive.extractfile(entry) if entry.isfile() else None:
                yield cast("BinaryIO", content)


def _of_mail(file: BinaryIO) -> Iterator[BinaryIO]:
    """The parts of a mail; text that only looks like one has a single part, itself, and that is none."""
    file.seek(0)
    found = parts.read(file.read()).parts
    for part in found if len(found) > 1 or found[0].encoding else ():
        member = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - whoever reads the members closes them
        member.write(part.content())
        member.seek(0)
        yield cast("BinaryIO", member)
