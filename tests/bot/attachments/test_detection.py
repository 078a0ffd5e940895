"""What a file is, by its first bytes."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.attachments import detection
from bot.config_attachments import Attachments
from tests import packed


def office(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(
                name, "application/vnd.oasis.opendocument.text" if name == "mimetype" else "<x/>"
            )
    return target.getvalue()


OOXML = "application/vnd.openxmlformats-officedocument"
WANTED = [
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
    (b"\xff\xd8\xff\xe1\0\x10Exif\0", "image/jpeg"),
    (b"GIF89a\x01\0", "image/gif"),
    (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
    (b"\0\0\0\x18ftypheic\0", "image/heif"),
    (b"BM6\0\0\0", "image/bmp"),
    (b"\0\0\0\x18ftypmp42\0", "video/mp4"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "application/msword"),
    (b"{\\rtf1\\ansi", "application/rtf"),
    (packed.zipped(b"hello"), "application/zip"),
    (packed.gzipped(b"hello"), "application/gzip"),
    (office("[Content_Types].xml", "word/document.xml"), f"{OOXML}.wordprocessingml.document"),
    (office("[Content_Types].xml", "xl/workbook.xml"), f"{OOXML}.spreadsheetml.sheet"),
    (office("mimetype", "content.xml"), "application/vnd.oasis.opendocument.text"),
    (b"", "text/plain"),
    (b"a,b\n1,2\n", "text/plain"),
    ("Grüße".encode(), "text/plain"),
    ("Grüße".encode("latin-1"), "text/plain"),
    ("Grüße".encode("utf-16"), "text/plain"),
    (b"BM is also how a text may begin", "text/plain"),
    (b"BEGIN:VCALENDAR\r\n", "text/calendar"),
    (b"Received: from mx.example.com", "message/rfc822"),
    (b'<?xml version="1.0"?><invoice/>', "application/xml"),
    (b"\x78\x9f\x3e\x22\x01\0", "application/vnd.ms-tnef"),
    (bytes.fromhex("3082101006092a864886f70d010702"), "application/pkcs7-mime"),
]
UNWANTED = [
    (b"MZ\x90\0\3\0\0\0", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF\2\1\1\0", "application/x-elf"),
    (office("META-INF/MANIFEST.MF", "Main.class"), "application/java-archive"),
    (b"<!DOCTYPE html><html>", "text/html"),
    (b'<svg xmlns="http://www.w3.org/2000/svg">', "image/svg+xml"),
    (b"Rar!\x1a\7\0", "application/vnd.rar"),
    (bytes.fromhex("4c00000001140200"), detection.UNKNOWN),
    (bytes(100), detection.UNKNOWN),
]


# Not the bytes: an archive holds the time at which it was made.
NAMES = [f"{number}-{media_type}" for number, (_, media_type) in enumerate(WANTED + UNWANTED)]


@pytest.mark.parametrize(("head", "media_type"), WANTED + UNWANTED, ids=NAMES)
def test_the_content_says_what_it_is(head: bytes, media_type: str) -> None:
    assert detection.detect(head) == media_type


@pytest.mark.parametrize(
    ("head", "is_wanted"),
    [*((h, True) for h, _ in WANTED), *((h, False) for h, _ in UNWANTED)],
    ids=NAMES,
)
def test_programs_and_active_pages_are_not_wanted_by_default(head: bytes, is_wanted: bool) -> None:  # noqa: FBT001
    assert Attachments().allows(detection.detect(head)) is is_wanted


@given(
    st.binary(max_size=300) | st.sampled_from([head for head, _ in WANTED]).flatmap(lambda h: st.just(h[:9]))
)
def test_whatever_comes_has_a_type(head: bytes) -> None:
    kind, _, name = detection.detect(head).partition("/")
    assert kind
    assert name
