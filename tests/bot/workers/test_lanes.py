"""The pace of a lane, and the breaker that pauses one that fails."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.workers.lanes import PACES, Lane, Lanes, Pace
from tests.storage.samples import NOW, SECOND

THRESHOLD = 5


def lane(concurrency: int = 4, interval: timedelta = timedelta(0)) -> Lane:
    return Lane(Pace(concurrency=concurrency, interval=interval), NOW)


def fail(lane: Lane, times: int) -> None:
    for _ in range(times):
        lane.started(NOW)
        lane.failed(NOW)


def test_a_lane_runs_as_many_at_once_as_its_pace_says() -> None:
    subject = lane(concurrency=2)
    assert subject.capacity(NOW) == 2
    subject.started(NOW)
    assert (subject.capacity(NOW), subject.opens_at) == (1, NOW)
    subject.started(NOW)
    assert (subject.capacity(NOW), subject.opens_at) == (0, None)
    subject.succeeded()
    assert subject.capacity(NOW) == 1


def test_a_lane_with_an_interval_starts_one_at_a_time() -> None:
    subject = lane(concurrency=4, interval=SECOND)
    assert subject.capacity(NOW) == 1
    subject.started(NOW)
    assert subject.capacity(NOW + SECOND / 2) == 0
    assert subject.opens_at == NOW + SECOND
    assert subject.capacity(NOW + SECOND) == 1


@pytest.mark.parametrize(
    ("failures", "pause"),
    [
        (THRESHOLD - 1, 0),
        (THRESHOLD, 5),
        (THRESHOLD + 1, 10),
        (THRESHOLD + 4, 80),
        (THRESHOLD + 5, 120),
        (THRESHOLD + 500, 120),
    ],
)
def test_failures_in_a_row_pause_a_lane_for_longer_and_longer(failures: int, pause: int) -> None:
    subject = lane()
    fail(subject, failures)
    assert subject.is_suspect == (pause > 0)
    assert subject.opens_at == NOW + pause * SECOND


def test_a_suspect_lane_is_probed_with_one_entry_at_a_time() -> None:
    subject = lane(concurrency=4)
    fail(subject, THRESHOLD)
    later = NOW + timedelta(minutes=5)
    assert subject.capacity(later) == 1
    subject.started(later)
    assert (subject.capacity(later), subject.opens_at) == (0, None)


def test_one_success_clears_a_suspect_lane() -> None:
    subject = lane(concurrency=4)
    fail(subject, THRESHOLD)
    subject.started(NOW)
    subject.succeeded()
    assert not subject.is_suspect
    fail(subject, THRESHOLD - 1)
    assert not subject.is_suspect


def test_more_entries_than_a_suspect_lane_allows_may_still_run() -> None:
    subject = lane(concurrency=THRESHOLD + 1)
    for _ in range(THRESHOLD + 1):
        subject.started(NOW)
    for _ in range(THRESHOLD):
        subject.failed(NOW)
    assert subject.capacity(NOW + timedelta(minutes=5)) == 0


def test_a_pause_that_was_asked_for_is_kept_and_is_no_failure() -> None:
    subject = lane()
    for _ in range(THRESHOLD):
        subject.started(NOW)
        subject.paused(NOW + 30 * SECOND)
    assert not subject.is_suspect
    assert subject.capacity(NOW + 29 * SECOND) == 0
    assert subject.capacity(NOW + 30 * SECOND) == 4


def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    subject = lane()
    for pause in (30, 5):
        subject.started(NOW)
        subject.paused(NOW + pause * SECOND)
    assert subject.opens_at == NOW + 30 * SECOND


def test_channels_of_one_kind_have_the_same_pace_and_a_lane_each() -> None:
    lanes = Lanes({"slack.post": Pace(concurrency=1)})
    lanes.get("slack.post:C0BILLING", NOW).started(NOW)
    assert lanes.get("slack.post:C0BILLING", NOW).capacity(NOW) == 0
    assert lanes.get("slack.post:C0TECH", NOW).capacity(NOW) == 1
    assert lanes.is_full("slack.post:C0BILLING")
    assert not lanes.is_full("slack.post:C0TECH")
    assert not lanes.is_full("slack.post:C0NEW")


def test_a_lane_of_a_newer_version_runs_one_at_a_time() -> None:
    assert Lanes().get("lane.of.tomorrow", NOW).capacity(NOW) == 1


def test_the_next_opening_is_the_first_of_those_closed_by_their_pace_alone() -> None:
    lanes = Lanes({"slow": Pace(concurrency=2, interval=SECOND), "single": Pace(concurrency=1)})
    assert lanes.next_opening([], NOW) is None
    lanes.get("single", NOW).started(NOW)
    assert lanes.next_opening(["single"], NOW) is None
    for number in (1, 2):
        lanes.get(f"slow:{number}", NOW).started(NOW + number * SECOND)
    assert lanes.next_opening(["single", "slow:1", "slow:2"], NOW) == NOW + 2 * SECOND


def test_a_lane_is_full_while_only_its_own_can_make_room() -> None:
    lanes = Lanes({"smtp": Pace(concurrency=1, interval=SECOND)})
    assert not lanes.is_full("smtp")
    lanes.get("smtp", NOW).started(NOW)
    assert lanes.is_full("smtp")
    lanes.get("smtp", NOW).succeeded()
    assert not lanes.is_full("smtp"), "its pace opens it, whatever else happens"


def test_suspects_are_named() -> None:
    lanes = Lanes()
    lanes.get("smtp", NOW)
    fail(lanes.get("slack.read", NOW), THRESHOLD)
    assert lanes.suspects() == ["slack.read"]


def test_slack_is_posted_to_at_most_once_a_second_a_channel() -> None:
    pace = PACES["slack.post"]
    assert pace.concurrency == 1
    assert SECOND <= pace.interval < 2 * SECOND
