from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intake import parts
from bot.intake.interfaces import NOTES, UnparseableError
from bot.intake.providers import PROVIDERS
from routing.email import Address, InboundEmail

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
RAW = PROVIDERS["raw"]


def parse(*lines: str | bytes, line_end: bytes = b"\r\n") -> InboundEmail:
    raw = line_end.join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return RAW.parse(raw, received_at=NOW)


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n", b"\r"])
def test_plain_mail_is_read_with_any_line_end(line_end: bytes) -> None:
    email = parse(
        "Return-Path: <Bounce@example.com>",
        "Delivered-To: support@acme.example",
        "From: =?utf-8?q?Mar=C3=ADa?= <Maria@example.com>",
        "To: Support <support@acme.example>, bo@example.com",
        "Reply-To: family@example.com",
        "Subject: Where",
        " is it?",
        "Message-ID: <new@example.com>",
        "In-Reply-To: <old@example.com>",
        "References: <oldest@example.com>",
        " <old@example.com>",
        "",
        "Hello",
        "there",
        line_end=line_end,
    )
    assert email.sender == Address(email="maria@example.com", name="María")
    assert email.answer_to == Address(email="family@example.com")
    assert [address.email for address in email.to] == ["support@acme.example", "bo@example.com"]
    assert (email.subject, email.text) == ("Where is it?", "Hello\nthere")
    assert (email.message_id, email.in_reply_to) == ("<new@example.com>", ("<old@example.com>",))
    assert email.references == ("<oldest@example.com>", "<old@example.com>")
    assert (email.envelope_from, email.envelope_to) == ("bounce@example.com", ("support@acme.example",))
    assert email.header("subject") == "Where is it?"
    assert (email.received_at, email.extra) == (NOW, {})


MIXED = (
    b"From: maria@example.com\r\nContent-Type: multipart/mixed; boundary=out\r\n\r\npreamble\r\n"
    b"--out\r\nContent-Type: multipart/alternative; boundary=outer\r\n\r\n"
    b"--outer\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=DFe=80\r\n"
    b"--outer\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    b"<p>Gr\xc3\xbc\xc3\x9fe</p>\r\n"
    b"--outer--\r\n"
    b'--out\r\nContent-Type: application/pdf; name="=?utf-8?q?R=C3=A9sum=C3=A9.pdf?="\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\naGVs\r\nbG8=\r\n"
    b"--out\r\nContent-Disposition: attachment; filename*=utf-8''..%2F..%2Fetc%2Fpasswd\r\n\r\nroot\r\n"
    b"--out\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner text\r\n"
    b"--out\r\nContent-Type: text/plain\r\n\r\nafter the picture\r\n"
    b"--out--\r\nepilogue"
)


def test_parts_become_text_html_and_attachments() -> None:
    email = RAW.parse(MIXED, received_at=NOW)
    assert email.text == "Grüße€\nafter the picture"
    assert email.html == "<p>Grüße</p>"
    assert [(file.filename, file.content_type, file.size) for file in email.attachments] == [
        ("Résumé.pdf", "application/pdf", 5),
        ("passwd", "text/plain", 4),
        ("attachment-3", "message/rfc822", 28),
    ]


@pytest.mark.parametrize(
    ("header", "content_id"),
    [
        ("<logo@example.com>", "logo@example.com"),
        (" logo ", "logo"),
        ("<>", None),
        ("<a\xe9@[b>", "a\xe9@[b"),
    ],
)
def test_a_picture_is_known_by_the_name_that_the_html_part_gives_it(
    header: str, content_id: str | None
) -> None:
    email = parse(
        "From: a@example.com", "Content-Type: multipart/related; boundary=b", "", "--b",
        "Content-Type: image/png", f"Content-ID: {header}", "", "png", "--b--",
    )  # fmt: skip
    assert [file.content_id for file in email.attachments] == [content_id]


def test_attachment_bytes_are_found_by_position() -> None:
    assert [RAW.attachment_content(MIXED, position) for position in range(-1, 4)] == [
        None, b"hello", b"root", b"Subject: inner\r\n\r\ninner text", None,
    ]  # fmt: skip


def test_multipart_that_is_cut_off_keeps_what_came() -> None:
    assert (
        parse("From: a@example.com", "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "Hel").text
        == "Hel"
    )


def test_multipart_without_its_boundary_is_kept_as_a_file() -> None:
    email = parse("From: a@example.com", "Content-Type: multipart/mixed; boundary=b", "", "Hello")
    assert [file.size for file in email.attachments] == [5]


def test_line_that_is_no_header_and_what_follows_stay_readable() -> None:
    email = parse("From: a@example.com", "please help me", "Subject: x", "", "soon")
    assert email.text == "please help me\nSubject: x\n\nsoon"


@pytest.mark.parametrize(
    ("label", "body", "text"),
    [
        ("utf-8", "Grüße".encode(), "Grüße"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("utf-8", "Grüße".encode("latin-1"), "Grüße"),
        ("nonsense", "Grüße".encode(), "Grüße"),
        ("a\0b", "Grüße".encode(), "Grüße"),
        ("gb2312", "鎔".encode("gb18030"), "鎔"),
        ("punycode", b"a-b9", "a-b9"),
        ("unicode_escape", rb"\ud800", r"\ud800"),
        ("utf-7", b"+2AA-", "?"),
        ("base64", b"aGVsbG8=", "aGVsbG8="),
    ],
)
def test_body_is_decoded_whatever_its_label(label: str, body: bytes, text: str) -> None:
    assert parse("From: a@example.com", f'Content-Type: text/plain; charset="{label}"', "", body).text == text


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        ("=?utf-8?q?a=0d=0aBcc:_x@y?=", "a Bcc: x@y"),
        ("=?utf-8?b?R3LD?= =?UTF-8?B?vMOfZQ==?=", "Grüße"),
        ("=?utf-8?b?R3LDvMOfZQ?= und mehr", "Grüße und mehr"),
        ("=?nonsense?q?a?= =?utf-8*en?q?b?=", "ab"),
        ("=?utf-8?b?!?= =?x", "=?x"),
        ("Gr\u00fc\u00dfe", "Grüße"),
        ("a \u202egpj.exe", "a gpj.exe"),
    ],
)
def test_subjects_are_decoded_and_harmless(value: str, subject: str) -> None:
    assert parse("From: a@example.com", f"Subject: {value}", "", "x").subject == subject


@pytest.mark.parametrize(
    "header",
    [
        "Message-ID: <a@[b>", "Message-ID: <>", "From: " + "(" * 3000, "From: <", "To: :;,", "Date: x",
        "Content-Type: text/plain; charset*0*=x'", "Content-Type: ;;;", "Content-Type: a/b; " + 'x=";' * 9999,
        "Content-Disposition: attachment; filename*=a\0'b'%zz", "Content-Type: é",
        "Content-Transfer-Encoding: wild",
    ],
)  # fmt: skip
def test_header_that_trips_parsers_never_loses_the_mail(header: str) -> None:
    assert parse(header, "Subject: help", "", "x").subject == "help"


NESTED = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(600))


@pytest.mark.parametrize(
    ("raw", "note"),
    [
        (b"From: a@example.com\n" + NESTED + b"\nx", "parts: those nested deeper than 50 were dropped"),
        (
            b"From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 600,
            "parts: only the first 500 were read",
        ),
        (
            b"From: a@example.com\nX-Long: " + b"x" * parts.LONGEST_HEAD + b"\n\nx",
            "headers: only the first 256 KiB were read",
        ),
    ],
    ids=["depth", "parts", "headers"],
)
def test_past_a_limit_the_rest_is_dropped_with_a_note(raw: bytes, note: str) -> None:
    email = RAW.parse(raw, received_at=NOW)
    assert email.extra == {NOTES: [note]}
    assert email.sender == Address(email="a@example.com")


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@example.com\n" + NESTED * 40,
        b"From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 200_000,
        b"From: a@example.com\nTo: " + b"(" * 2_000_000,
        b'From: a@example.com\nTo: "' + b"a@b.example," * 100_000,
        b"Subject: " + b"=?a?q?x" * 200_000,
        b"From: a@example.com\nContent-Type: a/b; " + b'x=";' * 400_000,
        b"From: a@example.com\nContent-Type: text/plain; charset=punycode\n\na-" + b"b9" * 900_000,
        b"From: a@example.com\nReferences: " + b"<" * 2_000_000,
    ],
    ids=["depth", "parts", "comments", "quotes", "words", "parameters", "punycode", "references"],
)
def test_two_hostile_megabytes_take_a_fraction_of_a_second(raw: bytes) -> None:
    started_at = time.process_time()
    RAW.parse(raw, received_at=NOW)
    assert time.process_time() - started_at < 2  # usually 0.1; what is quadratic takes minutes


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (b"hello", "no headers"),
        (b"\r\n\r\nhello", "no headers"),
        (b"X-A: b\r\n\r\n", "no sender"),
    ],
)
def test_body_that_is_no_mail_is_unparseable_and_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises(UnparseableError, match=reason):
        RAW.parse(raw, received_at=NOW)


def survives(raw: bytes) -> bool:
    try:
        email = RAW.parse(raw, received_at=NOW)
    except UnparseableError:
        return False
    for position in range(len(email.attachments)):
        assert RAW.attachment_content(raw, position) is not None
    assert InboundEmail.model_validate_json(email.model_dump_json()) == email
    return True


@given(raw=st.binary(max_size=500))
def test_random_bytes_raise_nothing_else(raw: bytes) -> None:
    survives(raw)


_HEADERS = st.sampled_from(
    [b"From", b"To", b"Subject", b"Message-ID", b"References", b"Content-Type", b"Content-Disposition",
     b"Content-Transfer-Encoding", b"Return-Path", b"Reply-To", b"X-Other", b"", b" folded"],
)  # fmt: skip
_PIECES = st.sampled_from(
    [b"a@example.com", b"<", b">", b"@", b"(", b")", b'"', b",", b";", b":", b"=?utf-8?q?=0d?=", b"=?x?b?!",
     b"\xff", b"\xe2\x80\xae", b"\0", b"multipart/mixed", b"; boundary=b", b"text/plain", b"; charset=",
     b"utf-7", b"idna", b"; filename*0*=", b"utf-8''", b"%00", b"base64", b"quoted-printable", b"attachment",
     b"\r\n ", b"\r\n"],
)  # fmt: skip
_VALUES = st.lists(_PIECES, max_size=8).map(b"".join)
_HEADS = st.lists(st.tuples(_HEADERS, _VALUES).map(b": ".join), max_size=5).map(b"\r\n".join)
_BODIES = st.lists(
    st.sampled_from([b"\r\n--b\r\n", b"--b--", b"\r\n\r\n", b"x", b"=3D", b"\xff"]) | _HEADS, max_size=8
)


@given(head=_HEADS, body=_BODIES.map(b"".join))
def test_random_header_trees_raise_nothing_and_survive_storage(head: bytes, body: bytes) -> None:
    assert survives(b"From: a@example.com\r\n" + head + b"\r\n\r\n" + body)
