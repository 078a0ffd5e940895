"""Against a real dovecot; what no good server does is played by a script."""

from __future__ import annotations

import asyncio
import imaplib
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config_sources import ImapPoll
from bot.intake.polling.imap import ImapMailbox, Position
from bot.intake.polling.interfaces import PollFailedError
from storage.cursors import Cursor
from tests import dovecot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.intake.polling.interfaces import Batch
    from tests.dovecot import Dovecot, DovecotMailbox

LARGEST = 100_000
BEGAN_AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def mail(number: int, text: str = "Hello") -> bytes:
    head = f"From: maria@customer.example\r\nSubject: {number}\r\nMessage-ID: <{number}@customer.example>\r\n"
    return f"{head}\r\n{text} {number}\r\n".encode()


@pytest.fixture
def inbox(dovecot_server: Dovecot) -> DovecotMailbox:
    return dovecot_server.mailbox()


@asynccontextmanager
async def opened(inbox: DovecotMailbox, **changes: Any) -> AsyncIterator[ImapMailbox]:
    values = {"kind": "imap", "host": "127.0.0.1", "port": inbox.server.port, "security": "none"}
    poll = ImapPoll(**values | changes)
    mailbox = ImapMailbox(poll, user=inbox.user, password=dovecot.PASSWORD, largest=LARGEST)
    try:
        yield mailbox
    finally:
        await mailbox.close()


async def read(mailbox: ImapMailbox, cursor: Cursor | None) -> list[Batch]:
    return [batch async for batch in mailbox.batches(cursor)]


def raw(batches: list[Batch]) -> list[bytes]:
    return [message.raw for batch in batches for message in batch.messages]


def after(batches: list[Batch], cursor: Cursor | None = None) -> Cursor:
    """The cursor as the poller keeps it."""
    positions = [batch.position for batch in batches if batch.position is not None]
    return Cursor(positions[-1], BEGAN_AT) if positions else cursor or pytest.fail("no position")


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
async def test_the_first_look_only_takes_its_place_and_the_next_brings_what_came_since(
    inbox: DovecotMailbox, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(inbox.server.certificate))
    port = inbox.server.tls_port if security == "tls" else inbox.server.port
    inbox.deliver(mail(1))
    async with opened(inbox, security=security, port=port) as mailbox:
        first = await read(mailbox, None)
        assert raw(first) == []
        inbox.deliver(mail(2), mail(3))
        second = await read(mailbox, after(first))
        assert raw(second) == [mail(2), mail(3)]
        assert raw(await read(mailbox, after(second))) == []


async def test_with_history_all_that_is_there_is_read(inbox: DovecotMailbox) -> None:
    mails = [mail(number) for number in range(120)]
    inbox.deliver(*mails)
    async with opened(inbox, history=True) as mailbox:
        batches = await read(mailbox, None)
        assert raw(batches) == mails
        assert [len(batch.messages) for batch in batches] == [0, 50, 50, 20]
        assert raw(await read(mailbox, Cursor(batches[1].position or "", BEGAN_AT))) == mails[50:]


async def test_a_mail_that_a_person_opened_is_read_and_nothing_in_the_mailbox_changes(
    inbox: DovecotMailbox,
) -> None:
    inbox.deliver(mail(1), mail(2), mail(3))
    with inbox.client() as client:
        client.select()
        client.store("1", "+FLAGS", r"\Seen")
        client.store("3", "+FLAGS", r"\Deleted")
        before = client.fetch("1:*", "(UID FLAGS)")
        async with opened(inbox, history=True) as mailbox:
            assert raw(await read(mailbox, None)) == [mail(1), mail(2), mail(3)]
        assert client.fetch("1:*", "(UID FLAGS)") == before


async def test_mails_that_were_deleted_leave_gaps_that_do_no_harm(inbox: DovecotMailbox) -> None:
    inbox.deliver(*(mail(number) for number in range(6)))
    async with opened(inbox, history=True) as mailbox:
        batches = mailbox.batches(None)
        await anext(batches)
        with inbox.client() as client:
            client.select()
            client.store("1,3,6", "+FLAGS", r"\Deleted")
            client.expunge()
        rest = [batch async for batch in batches]
        assert raw(rest) == [mail(1), mail(3), mail(4)]
        inbox.deliver(mail(7))
        assert raw(await read(mailbox, after(rest))) == [mail(7)]


async def test_of_a_mail_that_is_too_large_the_beginning_is_kept_with_a_note(inbox: DovecotMailbox) -> None:
    large, just = mail(1, "x" * LARGEST), mail(2)
    just += b"x" * (LARGEST - len(just))
    inbox.deliver(large, just)
    async with opened(inbox, history=True) as mailbox:
        (first, second) = (await read(mailbox, None))[-1].messages
    assert first.raw == large[:65536]
    assert first.problem == (
        "The mail is larger than 100000 bytes. Its first 65536 bytes are kept here; the whole is in INBOX, UID 1."
    )
    assert (second.raw, second.problem) == (just, None)


def recreate(inbox: DovecotMailbox, *mails: tuple[bytes, datetime]) -> None:
    """The mailbox is moved to a new server: its mails keep their dates and get new numbers."""
    with inbox.client() as client:
        client.delete("Support")
        client.create("Support")
        for content, at in mails:
            client.append("Support", "", imaplib.Time2Internaldate(at), content)


@pytest.mark.parametrize("history", [True, False])
async def test_when_the_numbers_change_all_is_read_again_but_not_what_was_old_at_the_beginning(
    inbox: DovecotMailbox, *, history: bool
) -> None:
    old, new = (mail(1), BEGAN_AT - timedelta(days=40)), (mail(2), BEGAN_AT + timedelta(days=1))
    recreate(inbox, old)
    async with opened(inbox, mailbox="Support", history=history) as mailbox:
        cursor = after(await read(mailbox, None))
        recreate(inbox, old, new)
        batches = await read(mailbox, cursor)
        assert raw(batches) == [mail(1), mail(2)][0 if history else 1 :]
        assert [batch.position for batch in batches[:-1]] == [None]
        assert Position.parse(after(batches).position).uid == 2
        assert Position.parse(after(batches).position).validity != Position.parse(cursor.position).validity
        assert raw(await read(mailbox, after(batches))) == []


async def test_news_end_the_waiting(inbox: DovecotMailbox) -> None:
    async with opened(inbox) as mailbox:
        cursor = after(await read(mailbox, None))
        waiting = asyncio.create_task(mailbox.wait(timedelta(seconds=30)))
        inbox.deliver(mail(1))
        async with asyncio.timeout(10):
            await waiting
        assert raw(await read(mailbox, cursor)) == [mail(1)]


@pytest.mark.parametrize("idle", [True, False])
async def test_without_news_the_waiting_ends_with_the_interval(inbox: DovecotMailbox, *, idle: bool) -> None:
    async with opened(inbox, idle=idle) as mailbox:
        cursor = after(await read(mailbox, None))
        started = monotonic()
        await mailbox.wait(timedelta(milliseconds=100))
        assert 0.09 < monotonic() - started < 5
        inbox.deliver(mail(1))
        assert raw(await read(mailbox, cursor)) == [mail(1)]


async def test_a_certificate_that_nobody_vouches_for_is_refused(inbox: DovecotMailbox) -> None:
    for security, port in (("tls", inbox.server.tls_port), ("starttls", inbox.server.port)):
        async with opened(inbox, security=security, port=port) as mailbox:
            with pytest.raises(PollFailedError, match="certificate verify failed"):
                await read(mailbox, None)


async def test_a_refused_login_tells_no_password(dovecot_server: Dovecot) -> None:
    poll = ImapPoll(kind="imap", host="127.0.0.1", port=dovecot_server.port, security="none")
    mailbox = ImapMailbox(poll, user="nobody", password="secret of mine", largest=LARGEST)
    with pytest.raises(PollFailedError) as caught:
        await read(mailbox, None)
    await mailbox.close()
    assert str(caught.value).startswith("LOGIN: the server answered NO")
    assert "secret" not in str(caught.value)


SCRIPT = [
    b"* OK ready\r\n",
    b"d1 OK in\r\n",
    b"* CAPABILITY IMAP4rev1\r\nd2 OK\r\n",
    b"* OK [UIDVALIDITY 1] ok\r\n* OK [UIDNEXT 3] ok\r\nd3 OK [READ-ONLY] done\r\n",
    b"* SEARCH 1 2\r\nd4 OK\r\n",
    b"* 1 FETCH (FLAGS () UID 1)\r\n* 3 FETCH (FLAGS ())\r\n* 1 FETCH (BODY[]<0> {5}\r\na: ){ UID 1)\r\nd5 OK\r\n",
    b"* 2 FETCH (UID 2 BODY[]<0> {6}\r\nb: 2\r\n)\r\nd6 OK\r\n",
]


@asynccontextmanager
async def scripted(answers: list[bytes]) -> AsyncIterator[ImapMailbox]:
    """A server that says its lines whatever it is told, and then hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers[:-1]:
            writer.write(answer)
            await reader.readline()
        writer.write(answers[-1])
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        poll = ImapPoll(
            kind="imap",
            host="127.0.0.1",
            port=server.sockets[0].getsockname()[1],
            security="none",
            history=True,
        )
        mailbox = ImapMailbox(poll, user="maria", password="secret", largest=LARGEST)
        try:
            yield mailbox
        finally:
            await mailbox.close()


async def test_the_parts_of_a_fetch_may_come_in_any_order_and_beside_news_of_others() -> None:
    async with scripted(SCRIPT) as mailbox:
        assert raw(await read(mailbox, None)) == [b"a: ){", b"b: 2\r\n"]


@pytest.mark.parametrize("nothing", [b'""', b"{0}\r\n"])
async def test_a_mail_without_a_single_byte_is_not_passed_over(nothing: bytes) -> None:
    empty = b"* 2 FETCH (UID 2 BODY[]<0> %s)\r\nd6 OK\r\n" % nothing
    async with scripted([*SCRIPT[:-1], empty]) as mailbox:
        assert raw(await read(mailbox, None)) == [b"a: ){", b""]


@pytest.mark.parametrize(
    ("position", "answer"),
    [
        (0, b""),
        (0, b"* BYE too many of you\r\n"),
        (0, b"HTTP/1.1 400 Bad Request\r\n"),
        (1, b"d1 NO [AUTHENTICATIONFAILED] no\r\n"),
        (1, b"* BYE\r\n"),
        (3, b"d3 NO there is no such mailbox\r\n"),
        (3, b"d3 OK no numbers\r\n"),
        (4, b"* SEARCH 1 x\r\nd4 OK\r\n"),
        (4, b"* SEARCH 1"),
        (5, b"* 1 FETCH (UID 1 BODY[]<0> {500}\r\nhalf"),
        (5, b"* 1 FETCH (UID 1 BODY[]<0> {999999999999}\r\n"),
        (6, b"d6 BAD\r\n"),
    ],
)
async def test_a_server_that_does_not_keep_to_the_protocol_is_a_failure_and_never_a_wrong_mail(
    position: int, answer: bytes
) -> None:
    async with scripted([*SCRIPT[:position], answer]) as mailbox:
        with pytest.raises(PollFailedError):
            await read(mailbox, None)


async def test_after_a_failure_the_next_look_connects_anew() -> None:
    answers = SCRIPT[:4]
    async with scripted(answers) as mailbox:
        with pytest.raises(PollFailedError, match="closed the connection"):
            await read(mailbox, None)
        answers += SCRIPT[4:]
        assert len(raw(await read(mailbox, None))) == 2


@given(st.integers(min_value=0), st.integers(min_value=0))
def test_a_position_is_read_as_it_was_written(validity: int, uid: int) -> None:
    position = Position(validity, uid)
    assert Position.parse(str(position)) == position
