from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from bot import config, explain
from bot.cli import app
from bot.intake.providers import PROVIDERS

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SUPPORT_YAML = Path(__file__).parents[2] / "support.yaml"
DESK = config.load(SUPPORT_YAML)

MAIL = """\
From: Ana <ceo@bigcustomer.example>
To: support@acme.example
Subject: Re: =?utf-8?q?W=C3=B6?= is order #123456?
Message-ID: <3@bigcustomer.example>
In-Reply-To: <2@acme.example>
References: <1@bigcustomer.example> <2@acme.example>
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain

URGENT, it has not come.

-----Original Message-----
From: Acme Shop
Sent: Monday, 2 March 2026
To: Ana
Subject: Re: Where is it?

It is on its way.
--x
Content-Type: application/pdf; name=receipt.pdf

%PDF-1.7
--x--
"""
BOUNCE = """\
Return-Path: <>
From: mailer-daemon@mx.example
Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; gone@customer.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such user
--x
Content-Type: message/rfc822

Message-ID: <ours@acme.example>
--x--
"""


def explained(raw: bytes | str, provider: str = "raw") -> dict[str, Any]:
    raw = raw.encode() if isinstance(raw, str) else raw
    found = explain.explain(raw, provider=PROVIDERS[provider], config=DESK, now=NOW)
    json.dumps(found, allow_nan=False).encode()
    return found


def run(*arguments: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(app, ["explain", "--config", str(SUPPORT_YAML), *arguments], input=stdin)


def test_mail_of_a_person_is_explained_from_its_words_to_its_queue() -> None:
    found = explained(MAIL)
    assert found["mail"]["sender"] == {"email": "ceo@bigcustomer.example", "name": "Ana"}
    assert found["visible_text"] == "URGENT, it has not come."
    assert [cut["kind"] for cut in found["cut"]] == ["quote"]
    assert "on its way" in found["cut"][0]["text"]
    assert found["automatic"] == {"is_automatic": False, "kind": None, "answer_allowed": True, "reasons": ()}
    assert found["bounce"] is None
    assert found["thread"] == [
        {"message_id": "<2@acme.example>", "header": "in_reply_to"},
        {"message_id": "<1@bigcustomer.example>", "header": "references"},
    ]
    assert [(file["filename"], file["content_type"]) for file in found["attachments"]] == [
        ("receipt.pdf", "application/pdf")
    ]
    assert found["attachments"][0]["detected_type"] == "application/pdf"
    assert [entity["value"] for entity in found["entities"]] == ["123456"]
    assert (found["route"]["queue"], found["route"]["tier"]) == ("orders", "gold")
    assert found["route"]["marked_urgent"]
    assert found["because"][0]["rule"] == "order-or-parcel"


def test_bounce_is_explained_with_its_recipients() -> None:
    found = explained(BOUNCE)
    assert (found["automatic"]["kind"], found["automatic"]["answer_allowed"]) == ("bounce", False)
    assert found["bounce"] == {
        "recipients": [
            {
                "address": "gone@customer.example",
                "status": "5.1.1",
                "diagnostic": "550 no such user",
                "permanent": True,
            }
        ],
        "permanent": True,
        "original_message_id": "<ours@acme.example>",
    }


def test_html_mail_is_explained_by_what_a_reader_sees() -> None:
    body = {"from": "ana@customer.example", "html": "<p>Where is <b>order 123456</b>?</p>"}
    found = explained(json.dumps(body), provider="mailparse")
    assert found["visible_text"] == "Where is order 123456?"
    assert found["route"]["queue"] == "orders"


def test_forwarded_mail_names_its_first_sender() -> None:
    text = (
        "From: ana@customer.example\nSubject: Fwd: Parcel\n\nPlease look.\n\n"
        "---------- Forwarded message ---------\nFrom: Bo <bo@elsewhere.example>\nDate: Mon, 2 Mar 2026\n"
        "Subject: Parcel\nTo: ana@customer.example\n\nWhere is it?\n"
    )
    assert explained(text)["forwarded"]["sender"] == {"email": "bo@elsewhere.example", "name": "Bo"}


@pytest.mark.parametrize("raw", [b"", b"no mail at all", b"\xff\xfe\x00", b"X-A: b\n\n"])
def test_what_is_no_mail_has_the_reason_only(raw: bytes) -> None:
    found = explained(raw)
    assert list(found) == ["unparseable"]
    assert found["unparseable"].endswith(".")


def test_mail_over_the_limit_is_not_read() -> None:
    assert explained(bytes(explain.LARGEST + 1)) == {"unparseable": "The mail is larger than 32 MiB."}


PIECES = st.sampled_from(
    [
        b"From: mailer-daemon@x.example\n",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n",
        b"Content-Type: message/delivery-status\n",
        b"Content-Type: text/html\n",
        b"Content-Transfer-Encoding: base64\n",
        b"Final-Recipient: rfc822; a@b.example\n",
        b"Authentication-Results: mx; spf=fail\n",
        b"Subject: =?utf-8?q?=0d=0a?=\n",
        b"--x\n",
        b"--x--\n",
        b"\n",
        b"> ",
        b"On Monday Ana wrote:\n",
    ]
)


@given(st.binary() | st.lists(PIECES | st.binary(max_size=8), max_size=40).map(b"".join))
def test_any_bytes_are_explained(raw: bytes) -> None:
    for provider in PROVIDERS:
        assert explained(raw, provider)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["from", "text", "html", "headers", "attachments", "content", "contentType", "references"]
                ),
                inner,
            )
        ),
    )
)
def test_any_payload_is_explained(payload: object) -> None:
    assert explained(json.dumps(payload), "mailparse")


@pytest.mark.parametrize("filler", ["> a\n", "a@b.example\n", "(", "x ", "On Ana wrote:\n", "=?utf-8?q?a?= "])
def test_hostile_megabyte_is_explained_in_bounded_time(filler: str) -> None:
    text = filler * (1_000_000 // len(filler))
    start = time.process_time()
    explained(
        f"From: mailer-daemon@x.example\nX-Failed-Recipients: a@b.example\nSubject: {filler.strip()}\n\n{text}"
    )
    assert time.process_time() - start < 5


def test_command_prints_one_line_a_mail_and_says_at_the_end_that_a_file_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_text(MAIL)
    (tmp_path / "b.eml").write_bytes(b"\xff")
    names = [str(tmp_path / name) for name in ("missing.eml", "a.eml", "b.eml")]
    result = run("--jsonl", *names)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["file"] for line in lines] == names[1:]
    assert "route" in lines[0]
    assert "unparseable" in lines[1]
    assert result.stderr == f"{names[0]}: No such file or directory\n"
    assert result.exit_code == 1


def test_command_reads_standard_input_and_prints_for_people() -> None:
    result = run("-", stdin=BOUNCE.encode())
    assert result.exit_code == 0
    assert result.stdout.startswith('{\n  "file": "-",\n')
    assert json.loads(result.stdout)["automatic"]["kind"] == "bounce"


def test_command_takes_a_providers_payload() -> None:
    result = run(
        "--provider", "mailparse", "-", stdin=b'{"from": "ana@customer.example", "subject": "Refund"}'
    )
    assert json.loads(result.stdout)["route"]["queue"] == "billing"
    assert run("--provider", "pigeon", "-").exit_code == 2


def test_without_a_configuration_everything_but_the_route_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DESKBELL_CONFIG", raising=False)
    result = CliRunner().invoke(app, ["explain", "-"], input=MAIL.encode())
    found = json.loads(result.stdout)
    assert (result.exit_code, found["route"]) == (0, None)
    assert found["visible_text"]
    assert "no support.yaml" in result.stderr


def test_progress_of_thousands_is_told_on_standard_error(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_text("From: ana@customer.example\n\nHello")
    result = run("--jsonl", *[str(tmp_path / "a.eml")] * 1001)
    assert len(result.stdout.splitlines()) == 1001
    assert result.stderr == "500 of 1001\n1000 of 1001\n"
