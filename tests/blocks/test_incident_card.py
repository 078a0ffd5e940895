"""The card of an incident, its thread and its windows: whatever customers wrote has no power in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from blocks import ids, incident_card, incident_digest, incident_list, incident_modals, postmortem
from blocks.incident_card import IncidentCard, Progress
from blocks.message import view_payload
from routing.email import Address
from routing.incidents import Gathers, IncidentState
from tests.blocks import factories
from tests.routing.test_incidents import COUNTS, INCIDENT, MINUTE, NOW

HOSTILE = "<!channel> & *bold* <https://evil.example|here>"


def card(**changes: Any) -> IncidentCard:
    values: dict[str, Any] = {
        "incident": INCIDENT,
        "reference": "INC-7",
        "counts": COUNTS,
        "queues": {"Tech": 40},
        "rate": 12.34,
        "first_words": "The page says 503",
        "last_words": "Still 503",
    }
    return IncidentCard(**values | changes)


def test_a_new_one_says_how_much_it_is_and_that_nobody_has_it() -> None:
    message = incident_card.build(card())
    shown = factories.shown(message)
    assert "🔥 INC-7 · The page says 503" in shown
    assert "40, 40 open" in shown
    assert "12.3 a minute" in shown
    assert "Nobody has taken it yet" in shown
    assert factories.labels(message) == [
        "Take",
        "Write update",
        "Create channel",
        "Resolve all",
        "Timeline",
        "Postmortem",
    ]


def test_a_resolved_one_can_only_be_looked_at() -> None:
    over = replace(
        INCIDENT,
        state=IncidentState.RESOLVED,
        gathers=None,
        resolved_by="U1",
        resolved_at=NOW + 90 * MINUTE,
        commander_id="U2",
    )
    message = incident_card.build(card(incident=over))
    assert factories.labels(message) == ["Timeline", "Postmortem"]
    assert "✅ Resolved by <@U1>, took 1 hour 30 minutes" in factories.shown(message)
    assert "Rate" not in factories.shown(message)


def test_it_says_what_joins_it_no_more() -> None:
    flagged = incident_card.build(card(incident=replace(INCIDENT, gathers=Gathers.FLAGGED)))
    assert "where a rule takes them for a sign" in factories.shown(flagged)
    quiet = incident_card.build(card(incident=replace(INCIDENT, gathers=None)))
    assert "New tickets do not join it any more." in factories.shown(quiet)


def test_the_progress_of_an_update_names_why_some_have_it_not() -> None:
    progress = Progress(
        author="U1",
        at=NOW,
        body="We look into it",
        by_state={"sent": 412, "waiting": 585, "refused": 3},
        refusals={"blocked address": 3},
    )
    shown = factories.shown(incident_card.build(card(progress=progress)))
    assert "sent 412 of 1,000; 3 not sent: blocked address" in shown


def test_hostile_words_fit_and_do_nothing() -> None:
    long = HOSTILE * 200
    hostile = card(
        incident=replace(INCIDENT, title=long), first_words=long, last_words=long, note=long, queues={long: 1}
    )
    message = incident_card.build(hostile)
    message.payload()
    headings = [block for block in message.payload()["blocks"] if block["type"] != "rich_text"]
    assert "<!channel>" not in str(headings)
    assert "<!channel>" not in message.text


def test_a_digest_lists_twenty_and_counts_the_rest() -> None:
    row = incident_digest.Row(
        reference="DB-1042",
        requester=Address(email="a@b.example", name=HOSTILE),
        subject=HOSTILE,
        tier="gold",
    )
    message = incident_digest.build([row] * 20, count=57)
    shown = factories.shown(message)
    message.payload()
    assert shown.count("DB-1042") == 20
    assert "and 37 more" in shown
    assert "*gold*" in shown
    assert "<!channel>" not in shown


def test_the_windows_carry_what_they_are_about() -> None:
    ref, ticket = ids.IncidentRef(incident_id=7), ids.TicketRef(ticket_id=1042)
    update = ids.UpdateRef(incident_id=7, update_id=3, resolves=True)
    preview = incident_modals.preview(update, recipients=2, tickets=3, subject="Re: 503", body="x" * 5_000)
    views = (
        incident_modals.open_one(ticket, reference="DB-1042", title="T" * 300, intent=""),
        incident_modals.write(ref, reference="INC-7", recipients=1, draft="Hello"),
        incident_modals.resolve(ref, reference="INC-7", tickets=1, recipients=1, draft=""),
        preview,
    )
    for view in views:
        view_payload(view)
    assert incident_modals.parse_preview(view_payload(preview)) == update
    assert "3 open tickets will be resolved." in str(view_payload(preview))


def test_a_long_timeline_shows_the_newest_rows() -> None:
    rows = [f"{number}: {'x' * 340}" for number in range(200)]
    shown = str(view_payload(incident_modals.timeline(reference="INC-7", rows=rows)))
    assert "199: " in shown
    assert "159: " not in shown


def test_a_list_of_none_says_so() -> None:
    assert incident_list.build([], now=NOW).text == "No open incident."


def test_a_long_postmortem_comes_in_parts_that_slack_takes() -> None:
    draft = "\n".join(f"| {number} | somebody | something was done here |" for number in range(2_000))
    parts = list(postmortem.parts(draft))
    assert len(parts) == postmortem.MOST_PARTS
    assert parts[-1].endswith("the rest: deskbell incident postmortem")
    for part in parts:
        postmortem.build(part).payload()
    assert list(postmortem.parts("short")) == ["short"]
