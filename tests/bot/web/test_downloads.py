"""Names of files that strangers sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web import downloads


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\report.docx", "report.docx"),
        ('a"; filename="b.exe', "a_; filename=_b.exe"),
        ("line\r\nSet-Cookie: a=b", "line Set-Cookie_ a=b"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        (" .. ", "attachment"),
        ("", "attachment"),
        ("Größe 10€.txt", "Größe 10€.txt"),
    ],
)
def test_a_name_is_cleaned(sent: str, kept: str) -> None:
    assert downloads.file_name(sent) == kept


def test_a_long_name_keeps_its_ending() -> None:
    assert len(downloads.file_name("a" * 500 + ".pdf")) == 120
    assert downloads.file_name("a" * 500 + ".pdf").endswith(".pdf")


def test_old_clients_get_an_ascii_name_and_all_others_the_whole_one() -> None:
    header = downloads.response(b"", name="Größe.txt").headers["Content-Disposition"]
    assert header == "attachment; filename=\"Gr__e.txt\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.txt"


@given(st.text())
def test_no_name_leaves_its_header(sent: str) -> None:
    header = downloads.response(b"", name=sent).headers["Content-Disposition"]
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
