from __future__ import annotations

import base64

import pytest

from bot.intake.providers import PROVIDERS
from bot.intake.signature import SignatureInvalidError
from tests.bot.intake.deliveries import NOW, SECRETS, Delivery, deliver, payload, with_fields

SENDGRID = PROVIDERS["sendgrid"]
LOGIN = {"Authorization": f"Basic {base64.b64encode(b'hook:password').decode()}"}


def test_the_form_is_read_each_field_in_its_charset() -> None:
    email = SENDGRID.parse(payload("sendgrid_parsed.txt"), received_at=NOW)
    assert str(email.sender) == "Jörg <joerg@harbour.example>"
    assert (email.text, email.html) == ("Grüße", "<p>Grüße</p>")
    assert email.message_id == "<order-5@harbour.example>"
    assert email.in_reply_to == ("<first@acme.example>",)
    assert email.header("X-Folded") == "one two"
    assert (email.envelope_from, email.envelope_to) == ("bounces@harbour.example", ("support@acme.example",))


@pytest.mark.parametrize(
    ("dkim", "passed"),
    [
        ("{@list.example : fail, @harbour.example : pass}", True),
        ("{@harbour.example : fail}", False),
        ("none", None),
        ("", None),
    ],
)
def test_one_dkim_signature_that_passes_is_enough(dkim: str, passed: bool | None) -> None:  # noqa: FBT001 - expected
    email = SENDGRID.parse(with_fields(payload("sendgrid_parsed.txt"), {"dkim": dkim}), received_at=NOW)
    assert (email.spf_pass, email.dkim_pass) == (None, passed)


def test_files_have_the_names_that_the_html_calls_them_by() -> None:
    raw = payload("sendgrid_parsed.txt")
    found = SENDGRID.parse(raw, received_at=NOW).attachments
    assert [(file.filename, file.content_id) for file in found] == [
        ("receipt.txt", None),
        ("dot.gif", "dot@harbour.example"),
    ]
    assert SENDGRID.attachment_content(raw, 0) == b"Total: 12.50"


def test_the_raw_mail_is_preferred_and_the_null_path_is_kept() -> None:
    raw = payload("sendgrid_raw.txt")
    email = SENDGRID.parse(raw, received_at=NOW)
    assert (email.subject, email.text, email.envelope_from) == ("As it came", "Grüße", "")
    assert (email.spf_pass, email.dkim_pass) == (True, None)
    assert SENDGRID.attachment_content(raw, 0) == b"id;total"


async def test_a_login_is_good_where_no_signature_comes() -> None:
    secrets = [*SECRETS["sendgrid"], "hook:password"]
    raw = payload("sendgrid_parsed.txt")
    await Delivery(provider="sendgrid", raw=raw, headers=LOGIN).admit(secrets)
    with pytest.raises(SignatureInvalidError):
        await Delivery(provider="sendgrid", raw=raw, headers=LOGIN).admit(SECRETS["sendgrid"])


async def test_a_signature_decides_alone_and_covers_the_body() -> None:
    good = deliver("sendgrid")
    changed = Delivery(provider="sendgrid", raw=good.raw + b" ", headers={**good.headers, **LOGIN})
    with pytest.raises(SignatureInvalidError):
        await changed.admit([*SECRETS["sendgrid"], "hook:password"])


async def test_the_public_key_is_no_password() -> None:
    (key,) = SECRETS["sendgrid"]
    delivery = Delivery(provider="sendgrid", raw=b"x", headers={"X-Webhook-Secret": key})
    with pytest.raises(SignatureInvalidError):
        await delivery.admit([key])


@pytest.mark.parametrize("key", ["no base64!", "AAAA", ""])
async def test_a_secret_that_is_no_key_is_an_error_of_ours(key: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        await deliver("sendgrid").admit([key])
