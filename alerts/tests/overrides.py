"""Alert tests of the file of overrides, which only platforms with many of them have."""

from alerts.telemetry import overrides_missing
from contract.alerting import OVERRIDES_INFO
from contract.labels import PLATFORM
from generator.dsl.alert import TICKET
from generator.dsl.alert_test import (
    BEFORE_FOR,
    BELOW_THRESHOLD,
    COUNTER_RESET,
    FIRES,
    LOW_TRAFFIC,
    OTHERS_UNAFFECTED,
    RECOVERS,
    Scenario,
    alert_test,
    exists,
    expect_firing,
    expect_none,
    firing,
    input_series,
    no_samples,
    not_applicable,
    scenario,
)
from generator.dsl.alert_timing import multiple
from generator.dsl.platform import Platform
from generator.dsl.units import Duration, minutes

NO_NUMBER = not_applicable(
    "OverridesMissing",
    TICKET,
    covers=(LOW_TRAFFIC, COUNTER_RESET, OTHERS_UNAFFECTED),
    reason="It is about one series of the whole platform, which is there or is not, whatever the traffic is.",
)
A_MINUTE, LOOK_BACK, HALF_AN_HOUR = minutes(1), minutes(5), minutes(30)
"""A series is there until its last sample is five minutes old."""


def waits(platform: Platform) -> Duration:
    """From the last sample of the file until the alert fires."""
    pending = overrides_missing.rule(platform).pending
    return multiple(LOOK_BACK.seconds + (0 if pending is None else pending.seconds), A_MINUTE)


@alert_test("OverridesMissing", TICKET, covers=(FIRES, BEFORE_FOR, RECOVERS), id="file_of_overrides_is_away")
def file_of_overrides_is_away(platform: Platform) -> Scenario:
    """The file of overrides is not scraped from {away} to {back}, while that of another platform is: fires from {fires}
    on until then."""
    away, fires = HALF_AN_HOUR, HALF_AN_HOUR + waits(platform)
    back = fires + HALF_AN_HOUR
    end = back + HALF_AN_HOUR
    return scenario(
        input_series(OVERRIDES_INFO, {}, exists(away), no_samples(back - away), exists(end - back)),
        input_series(OVERRIDES_INFO, {PLATFORM: f"other-{platform.name}"}, exists(end)),
        expect_none(fires - A_MINUTE),
        expect_firing(fires, firing(TICKET, 1)),
        expect_firing(back, firing(TICKET, 1)),
        expect_none(back + A_MINUTE),
        expect_none(end),
        claim={"away": away, "back": back, "fires": fires},
    )


@alert_test("OverridesMissing", TICKET, covers=(BELOW_THRESHOLD,), id="web_server_starts_again")
def web_server_starts_again(platform: Platform) -> Scenario:
    """The file of overrides is not scraped for a minute less than the alert waits, from {away} to {back}: does not
    fire."""
    away = HALF_AN_HOUR
    back = away + waits(platform) - A_MINUTE
    return scenario(
        input_series(OVERRIDES_INFO, {}, exists(away), no_samples(back - away), exists(HALF_AN_HOUR)),
        *map(expect_none, (away, back, back + A_MINUTE, back + LOOK_BACK, back + HALF_AN_HOUR)),
        claim={"away": away, "back": back},
    )
