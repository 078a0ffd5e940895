"""What queues promise, as it is written in support.yaml."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import config
from routing import sla_policy
from routing.business_hours import BusinessHours
from routing.sla_policy import Policy
from tests.bot.test_config import MINIMAL

SHORT = "{default: 4h, gold: 1h30m}"
HOURS = '\nbusiness_hours: {zone: Europe/Berlin, hours: {mon-fri: "09:00-17:00"}, holidays: [DE-BE, US]}\n'
HOUR = timedelta(hours=1)


def load(written: str, more: str = "") -> config.SupportConfig:
    assert SHORT in MINIMAL
    return config.parse(MINIMAL.replace(SHORT, written) + more, name="x.yaml")


def test_a_time_alone_is_that_of_the_first_response_around_the_clock() -> None:
    assert load(SHORT).sla_policy("triage", "gold") == Policy(first_response=timedelta(minutes=90))


def test_in_business_hours_a_day_is_a_working_day() -> None:
    written = "{default: {resolution: 2d, hours: business}, gold: {resolution: 2d, warn_at: 50%}}"
    loaded = load(written, HOURS)
    business = BusinessHours.model_validate({"zone": "Europe/Berlin", "holidays": ["DE-BE", "US"]})
    assert loaded.sla_policy("triage", "silver") == Policy(resolution=16 * HOUR, hours=business)
    assert loaded.sla_policy("triage", "gold") == Policy(resolution=48 * HOUR, warn_at=0.5)


def test_a_queue_may_have_hours_of_its_own() -> None:
    own = 'business_hours: {hours: {sat-sun: "10:00-14:00"}}'
    loaded = load("{default: {next_response: 1d, hours: business}}\n    " + own, HOURS)
    policy = loaded.sla_policy("triage", "gold")
    assert policy.next_response == 4 * HOUR
    assert policy.hours == BusinessHours(hours={"sat-sun": "10:00-14:00"})
    assert loaded.ruleset().business_hours.zone == "Europe/Berlin", "rules ask for those of the desk"


def test_the_directory_promises_a_first_response_in_the_hours_of_the_queue() -> None:
    loaded = load("{default: {first_response: 4h, resolution: 3h, hours: business}}")
    told = loaded.sla_policy("triage", "gold", told=HOUR)
    assert (told.first_response, told.resolution, told.hours) == (HOUR, 3 * HOUR, BusinessHours())


def test_a_promise_comes_back_from_the_audit_trail_as_it_was() -> None:
    policy = load("{default: {first_response: 4h, hours: business, warn_at: 70%}}", HOURS).sla_policy(
        "triage", "gold"
    )
    assert sla_policy.read(sla_policy.written(policy)) == policy
    assert sla_policy.read(sla_policy.written(Policy())) == Policy()


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("{default: {hours: business}}", "20:11: queues.triage.sla.default: promises nothing"),
        ("{default: {first_respons: 4h}}", "unknown key 'first_respons'; did you mean first_response?"),
        ("{default: {resolution: 4}}", "20:33: queues.triage.sla.default.resolution: '4' is not a duration"),
        ("{default: {resolution: 400d}}", "'400d' is longer than 90 days"),
        ("{default: 400d}", "20:20: queues.triage.sla.default: '400d' is longer than 90 days"),
        ("{default: {resolution: 4h, warn_at: 80}}", "80 is no share: write one such as 80%"),
        ("{default: {resolution: 4h, warn_at: 100%}}", "should be less than 1"),
        ("{default: {resolution: 4h, hours: office}}", "should be 'business' or 'always'"),
        (
            "{}\n    business_hours: {hours: {}}",
            "21:5: queues.triage.business_hours: nobody is ever at work",
        ),
        ("{}\n    business_hours: {holidays: XX}", "business_hours.holidays[0]: no country 'XX' is known"),
    ],
)
def test_what_is_written_wrong_is_told_with_its_place(written: str, problem: str) -> None:
    with pytest.raises(config.ConfigError) as caught:
        load(written)
    assert problem in str(caught.value)
