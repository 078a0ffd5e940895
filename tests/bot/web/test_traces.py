"""The trace pages over real HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from routing.attachment import AttachmentState
from routing.email import Attachment
from routing.requester import Lookup, Requester
from tests.bot.web import samples
from tests.bot.web.vectors import VECTORS

if TYPE_CHECKING:
    import httpx

    from tests.bot.web.conftest import TraceDesk

PATHS = ("", ".json", "/raw", "/body.html", "/attachments/0")


def _policy(answer: httpx.Response) -> dict[str, str]:
    directives = answer.headers["Content-Security-Policy"].split("; ")
    return {name: value for name, _, value in (directive.partition(" ") for directive in directives)}


@pytest.mark.parametrize("below", PATHS)
async def test_one_link_opens_the_page_and_all_below_it(desk: TraceDesk, below: str) -> None:
    answer = await desk.get(samples.TRACE_ID, below)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert _policy(answer)["default-src"] == "'none'"


@pytest.mark.parametrize("below", PATHS)
async def test_every_bad_link_gets_the_same_refusal(desk: TraceDesk, below: str) -> None:
    good = desk.link(samples.TRACE_ID, below)
    unknown = await desk.get("no-such-trace", below)
    bare = await desk.http.get(good.partition("?")[0])
    tampered = await desk.http.get(good.replace("expires=1", "expires=2"))
    borrowed = await desk.http.get(desk.link("other", below).replace("other", samples.TRACE_ID))
    desk.now += timedelta(days=8)
    expired = await desk.http.get(good)
    answers = [unknown, bare, tampered, borrowed, expired]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.text for answer in answers}) == 1
    assert "This link has expired or is not valid." in expired.text
    assert expired.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "below", ["/attachments/1", "/attachments/7", "/attachments/-1", "/attachments/x", "/other"]
)
async def test_what_is_not_stored_is_not_given(desk: TraceDesk, below: str) -> None:
    del desk.store.files[samples.TRACE_ID, 1]
    assert (await desk.get(samples.TRACE_ID, below)).status_code in {403, 404}


async def test_the_page_tells_what_was_decided_and_why(desk: TraceDesk) -> None:
    page = (await desk.get(samples.TRACE_ID)).text
    for words in (
        "DB-1042",
        "Charged twice for order #482913, please refund",
        "Mira Lindqvist &lt;mira@mira.example&gt;",
        "92 %",
        "subject matches refund|chargeback|invoice",
        "<mark>refund</mark>",
        "order_status, 60 %, rule order-number",
        "<small>Order number</small> 482913",
        "ticket opened",
        "503 Service Unavailable",
        '<time datetime="2026-03-04T09:46:12Z">4 Mar 2026, 09:46:12 UTC</time>',
        "47.1 KB, application/pdf",
    ):
        assert words in page


async def test_unparseable_mail_shows_the_reason_and_what_arrived(desk: TraceDesk) -> None:
    page = (await desk.http.get(desk.add(samples.unparseable()))).text
    assert "from: expected an address, got a list of numbers" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert (await desk.get(samples.TRACE_ID, "/body.html")).status_code == 403


async def test_a_mail_that_nothing_was_done_with_has_a_page(desk: TraceDesk) -> None:
    mail = samples.email(subject="", text="", html="", sender=None, to=(), attachments=(), headers=())
    bare = samples.trace(
        state="in_flight", email=mail, decision=None, ticket_reference=None, timeline=(), outgoing=()
    )
    page = (await desk.http.get(desk.add(bare))).text
    assert "No subject" in page
    assert "Not decided yet." in page
    assert "This mail has no text." in (await desk.get(samples.TRACE_ID, "/body.html")).text


async def test_hostile_values_are_text_on_the_page(desk: TraceDesk) -> None:
    hostile = "</script><img src=x onerror=alert(1)>\ud800"
    mail = samples.email(subject=hostile[:-1], headers=((hostile[:-1], hostile[:-1]),))
    step = samples.trace().timeline[0]
    known = Requester(name=hostile[:-1], company=hostile[:-1], attributes={hostile[:-1]: hostile[:-1]})
    for lookup in (Lookup(requester=known), Lookup(failure=hostile[:-1])):
        trace = samples.trace(
            email=mail, ticket_reference=hostile, timeline=(step,), parse_error=hostile, lookup=lookup
        )
        page = (await desk.http.get(desk.add(trace))).text
        assert "<img" not in page
        assert page.count("</script>") == 1
        assert "<h3>Requester</h3>" in page


@pytest.mark.parametrize(
    ("lookup", "said"),
    [
        (Lookup(requester=Requester(tier="gold", attributes={"seats": 0})), "<small>seats</small> 0"),
        (
            Lookup(requester=Requester(sla=timedelta(minutes=90))),
            "<small>answer within</small> 1 hour 30 minutes",
        ),
        (Lookup(), "The directory knows nobody with this address."),
        (Lookup(failure="the line is dead"), "Not known: the line is dead."),
    ],
)
async def test_the_page_tells_what_the_directory_said(desk: TraceDesk, lookup: Lookup, said: str) -> None:
    assert said in (await desk.http.get(desk.add(samples.trace(lookup=lookup)))).text


async def test_where_no_directory_was_asked_nothing_is_said_of_one(desk: TraceDesk) -> None:
    assert "Requester" not in (await desk.get(samples.TRACE_ID)).text


async def test_the_json_is_what_the_provider_sent(desk: TraceDesk) -> None:
    answer = await desk.get(samples.TRACE_ID, ".json")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.content == samples.trace().raw


async def test_the_raw_body_is_a_download(desk: TraceDesk) -> None:
    desk.add(samples.trace(content_type="message/rfc822", raw=b"From: a@example.com\r\n\r\n"))
    answer = await desk.get(samples.TRACE_ID, "/raw")
    assert answer.content == b"From: a@example.com\r\n\r\n"
    assert f'filename="{samples.TRACE_ID}.eml"' in answer.headers["Content-Disposition"]


async def test_an_attachment_is_never_opened_in_place(desk: TraceDesk) -> None:
    page = Attachment(filename="../a\r\n.html", content_type="text/html", size=9)
    desk.add(samples.trace(email=samples.email(attachments=(page,))), b"<script>")
    answer = await desk.get(samples.TRACE_ID, "/attachments/0")
    assert answer.content == b"<script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="a .html"')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        (AttachmentState.PENDING, None, "is being checked"),
        (AttachmentState.INFECTED, "Some.Virus", "infected: Some.Virus"),
        (AttachmentState.UNSCANNABLE, "it is encrypted", "could not be scanned: it is encrypted"),
        (AttachmentState.REJECTED, "its type is text/html", "not kept: its type is text/html"),
        (None, None, "not looked at"),
    ],
)
async def test_what_nobody_may_have_is_no_link_and_says_why(
    desk: TraceDesk, state: AttachmentState | None, reason: str | None, words: str
) -> None:
    invoice = samples.stored(samples.email().attachments[0], state=state, reason=reason)
    page = (await desk.http.get(desk.add(samples.trace(files={0: invoice} if state else {})))).text
    assert words in page
    assert "/attachments/0" not in page


@pytest.mark.parametrize(
    ("state", "words"),
    [(AttachmentState.CLEAN, "no virus found"), (AttachmentState.UNSCANNED, "not scanned for viruses")],
)
async def test_what_everybody_may_have_is_a_link_beside_its_state_and_true_type(
    desk: TraceDesk, state: AttachmentState, words: str
) -> None:
    invoice = samples.stored(samples.email().attachments[0], state=state, detected_type="application/zip")
    page = (await desk.http.get(desk.add(samples.trace(files={0: invoice})))).text
    assert words in page
    assert "47.1 KB, application/zip" in page
    assert "/attachments/0" in page


REMOTE = '<img src="https://pictures.example/a.png?b=1&amp;c=2"><img src="http://plain.example/a.png">'


async def test_remote_pictures_are_left_out_and_offered(desk: TraceDesk) -> None:
    desk.add(samples.trace(email=samples.email(html=REMOTE)))
    frame = (await desk.get(samples.TRACE_ID, "/body.html")).text
    assert ".example" not in frame
    assert "&amp;remote=1" in frame


async def test_a_mail_without_remote_pictures_offers_none(desk: TraceDesk) -> None:
    assert "remote=1" not in (await desk.get(samples.TRACE_ID, "/body.html")).text


async def test_remote_pictures_on_demand_open_the_frame_for_https_pictures_alone(desk: TraceDesk) -> None:
    desk.add(samples.trace(email=samples.email(html=REMOTE)))
    usual = _policy(await desk.get(samples.TRACE_ID, "/body.html"))
    answer = await desk.http.get(desk.link(samples.TRACE_ID, "/body.html") + "&remote=1")
    assert 'src="https://pictures.example/a.png?b=1&amp;c=2"' in answer.text
    assert "plain.example" not in answer.text
    assert _policy(answer) == usual | {"img-src": "https: data:"}
    assert "remote=1" not in answer.text


async def test_the_mail_frame_may_not_run_or_load_anything(desk: TraceDesk) -> None:
    policy = _policy(await desk.get(samples.TRACE_ID, "/body.html"))
    assert policy["sandbox"] == "allow-popups"
    assert policy["default-src"] == "'none'"
    assert policy["img-src"] == "data:"
    assert policy["frame-ancestors"] == "'self'"
    assert "script-src" not in policy


async def test_the_page_allows_only_its_own_script_and_cannot_be_framed(desk: TraceDesk) -> None:
    first, second = await desk.get(samples.TRACE_ID), await desk.get(samples.TRACE_ID)
    assert _policy(first)["script-src"].strip("'").replace("nonce-", "") in first.text
    assert _policy(first)["script-src"] != _policy(second)["script-src"]
    assert _policy(first)["frame-ancestors"] == "'none'"
    assert first.headers["X-Frame-Options"] == "DENY"


async def test_a_small_picture_of_the_mail_is_shown_in_it(desk: TraceDesk) -> None:
    assert 'src="data:image/png;base64,iVBORw0KGgo' in (await desk.get(samples.TRACE_ID, "/body.html")).text


@pytest.mark.parametrize(("content_type", "size"), [("image/svg+xml", 10), ("image/png", 300_000)])
async def test_large_or_active_pictures_are_left_out(desk: TraceDesk, content_type: str, size: int) -> None:
    part = Attachment(filename="a", content_type=content_type, size=size, content_id="logo@mira.example")
    desk.add(samples.trace(email=samples.email(attachments=(part,))), b"x" * size)
    assert "data:" not in (await desk.get(samples.TRACE_ID, "/body.html")).text


async def test_html_that_is_too_large_is_shown_as_text(desk: TraceDesk) -> None:
    desk.add(samples.trace(email=samples.email(html="<div>" * 30_000)))
    frame = (await desk.get(samples.TRACE_ID, "/body.html")).text
    assert "too large to show" in frame
    assert '<a href="https://bank.example/statements/march?page=2"' in frame


async def test_no_vector_reaches_the_frame(desk: TraceDesk) -> None:
    desk.add(samples.trace(email=samples.email(html="\n".join(VECTORS))))
    frame = (await desk.get(samples.TRACE_ID, "/body.html")).text
    assert "<script" not in frame
    assert "evil.test/pixel" not in frame
