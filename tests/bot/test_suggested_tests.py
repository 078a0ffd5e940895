"""What people corrected, as tests for the rules."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from blocks.ids import Action
from bot import config as config_module
from bot import suggested_tests
from bot.clock import utc_now
from bot.suggested_tests import Suggestion
from routing.email import Address, clean_line, clean_text
from tests.desk import ANA, SUPPORT_YAML, option
from tests.routing.mails import mail

if TYPE_CHECKING:
    from tests.desk import Desk

_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=600)


def suggestion(**changes: Any) -> Suggestion:
    values: dict[str, Any] = {
        "reference": "DB-1001",
        "email": mail(subject="Where is it?", text="Hello"),
        "rule": "money",
        "from_queue": "billing",
        "to_queue": "orders",
    }
    return Suggestion(**values | changes)


def test_an_example_names_the_ticket_the_rule_and_both_queues() -> None:
    email = mail(
        subject='Say "hi": #1', text="Hello,\nmy parcel?\n", sender=Address(email="maria@customer.example")
    )
    assert suggested_tests.as_yaml([suggestion(email=email)]) == (
        "tests:\n"
        "  # DB-1001: sent to billing by the rule money, moved to orders by people.\n"
        "  - mail:\n"
        '      subject: "Say \\"hi\\": #1"\n'
        '      text: "Hello,\\nmy parcel?"\n'
        '      from: "maria@customer.example"\n'
        "    expect: {queue: orders}\n"
    )


@given(
    subject=_WORDS,
    text=_WORDS,
    rule=st.none() | _WORDS.filter(str.strip),
    queue=st.sampled_from(["a-1", "7", "no", "null"]),
)
def test_whatever_a_mail_says_the_example_says_the_same(
    subject: str, text: str, rule: str | None, queue: str
) -> None:
    email = mail(subject=clean_line(subject), text=clean_text(text))
    written = suggested_tests.as_yaml([suggestion(email=email, rule=rule, to_queue=queue)])
    (example,) = yaml.safe_load(written)["tests"]
    assert example["expect"] == {"queue": queue}
    assert example["mail"].get("subject", "") == email.subject
    assert len(example["mail"].get("text", "")) <= 400


def test_quoted_history_is_left_out_and_long_mails_are_cut() -> None:
    email = mail(text="x" * 1_000 + "\n\nOn Monday, Ana wrote:\n> We refund you.\n")
    written = suggested_tests.as_yaml([suggestion(email=email)])
    assert f'"{"x" * 400}"' in written


async def moved(desk: Desk, number: int, *queues: str) -> None:
    await desk.deliver(id=f"mail-{number}", messageId=f"<{number}@customer.example>")
    await desk.settle()
    for queue in queues:
        await desk.open_modal(ANA, desk.card(f"DB-{1000 + number}"), Action.MORE, choice="Misrouted")
        await desk.submit(ANA, queue=option(queue))
        window = desk.modal(ANA)
        assert window is not None
        await desk.sandbox.submissions.close(user_id=ANA, view_id=window["id"])


async def test_only_tickets_with_a_known_and_other_place_are_examples(desk: Desk) -> None:
    await moved(desk, 1, "tech", "orders")
    await moved(desk, 2, "tech", "?")
    await moved(desk, 3, "tech", "billing")
    await moved(desk, 4, "abuse")
    await moved(desk, 5)
    config = config_module.load(SUPPORT_YAML)
    since = utc_now() - timedelta(days=1)
    found = await suggested_tests.gather(desk.storage, config, since=since, limit=10)
    assert [(one.reference, one.rule, one.from_queue, one.to_queue) for one in found] == [
        ("DB-1004", "money", "billing", "abuse"),
        ("DB-1001", "money", "billing", "orders"),
    ]
    assert await suggested_tests.gather(desk.storage, config, since=since, limit=1) == found[:1]
