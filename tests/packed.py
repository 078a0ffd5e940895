"""Archives to attach."""

from __future__ import annotations

import base64
import gzip
import io
import tarfile
import zipfile


def zipped(content: bytes, name: str = "file.txt") -> bytes:
    """A ZIP file with one member."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


def encrypted(content: bytes) -> bytes:
    """A ZIP file whose only member is marked as encrypted, in its own header and in the list."""
    archive = bytearray(zipped(content))
    for signature, flags_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        archive[archive.index(signature) + flags_at] |= 1
    return bytes(archive)


def tarred(content: bytes) -> bytes:
    """A gzipped tar file with one member."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        entry = tarfile.TarInfo("file.txt")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return target.getvalue()


def mailed(content: bytes) -> bytes:
    """A mail with one attachment."""
    return (
        b"From: maria@customer.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n"
        b"--q\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n"
        b'--q\r\nContent-Type: application/octet-stream; name="file.bin"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(content) + b"\r\n--q--\r\n"
    )


def bomb() -> bytes:
    """A ZIP file of 10 KB that holds 10 MB."""
    return zipped(bytes(10_000_000))


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content)
