from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intake import form
from bot.intake.interfaces import UnparseableError

FILE = b'--b\r\nContent-Disposition: form-data; name="f"; filename="%b"\r\n\r\nx\r\n--b--\r\n'


@given(st.dictionaries(st.text(min_size=1), st.text(), min_size=1))
def test_urlencoded_fields_come_back(fields: dict[str, str]) -> None:
    entries = form.read(urlencode(fields).encode())
    assert {entry.name: entry.content.decode() for entry in entries} == fields


@given(content=st.binary(), boundary=st.from_regex(rb"[0-9A-Za-z'()+_,./:=?-]{1,70}", fullmatch=True))
def test_a_multipart_entry_comes_back_whatever_its_bytes(content: bytes, boundary: bytes) -> None:
    head = b'\r\nContent-Disposition: form-data; name="f"; filename="a"\r\nContent-Type: image/png\r\n\r\n'
    delimiter = b"--" + boundary
    if delimiter in content:
        return
    (entry,) = form.read(delimiter + head + content + b"\r\n" + delimiter + b"--\r\n")
    assert (entry.name, entry.filename, entry.content_type) == ("f", "a", "image/png")
    assert entry.content == content


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("Beleg März.pdf".encode(), "Beleg März.pdf"),
        (b'say \\"hi\\"; now.txt', 'say "hi"; now.txt'),
        (b"", ""),
    ],
)
def test_file_names_are_read_as_browsers_write_them(sent: bytes, read: str) -> None:
    (entry,) = form.read(FILE % sent)
    assert entry.filename == read


def test_a_file_name_by_rfc_5987_is_read_as_well() -> None:
    raw = FILE.replace(b'filename="%b"', b"filename*=UTF-8''M%%C3%%A4rz.pdf") % ()
    (entry,) = form.read(raw)
    assert entry.filename == "März.pdf"


def test_a_form_that_is_cut_off_keeps_what_came() -> None:
    raw = FILE % b"a"
    assert [entry.content for entry in form.read(raw.partition(b"\r\n--b--")[0])] == [b"x"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"&" * 10,
        b"a=1&" * (form.MOST_ENTRIES + 1),
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * (form.MOST_ENTRIES + 1),
    ],
)
def test_what_is_no_form_or_too_large_a_one_is_unparseable(raw: bytes) -> None:
    with pytest.raises(UnparseableError, match="form"):
        form.read(raw)


def test_fields_are_text_in_their_own_charsets_and_the_first_of_a_name_counts() -> None:
    entries = [
        form.Entry("a", "Grüße".encode("latin-1")),
        form.Entry("b", "Grüße".encode()),
        form.Entry("b", b"second"),
        form.Entry("nul", b"a\0b"),
        form.Entry("file", b"", filename=""),
    ]
    assert form.fields(entries, {"a": "iso-8859-1", "b": 7}) == {"a": "Grüße", "b": "Grüße", "nul": "ab"}
