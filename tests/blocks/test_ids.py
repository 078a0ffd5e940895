from __future__ import annotations

import pytest

from blocks import ids


@pytest.mark.parametrize(
    "ref",
    [
        ids.TicketRef(ticket_id=1042),
        ids.EscalationRef(escalation_id=7, ticket_id=1042),
        ids.DeadLetterRef(entry_id=9),
        ids.MoreRef(ticket_id=1042, choice=ids.More.SPLIT),
        ids.GuessRef(ticket_id=1042, queue="billing"),
        ids.ParkedRef(trace_id="t1"),
    ],
)
def test_a_ref_survives_the_round_trip_through_slack(ref: ids.TicketRef) -> None:
    assert type(ref).decode(ref.encode()) == ref


@pytest.mark.parametrize(
    "value",
    ['{"version":2,"ticket_id":1042}', '{"ticket_id":1042,"channel":"C1"}', '{"ticket_id":null}', "1042", ""],
)
def test_a_value_of_another_release_is_refused_by_name(value: str) -> None:
    with pytest.raises(ids.UnknownRefError, match="not a TicketRef of version 1"):
        ids.TicketRef.decode(value)


def test_a_ticket_ref_is_no_escalation_ref() -> None:
    with pytest.raises(ids.UnknownRefError):
        ids.EscalationRef.decode(ids.TicketRef(ticket_id=1042).encode())
