"""Time in alert tests: clocks, series that appear, and the sample interval, worked out by hand."""

from __future__ import annotations

from contract.api import HEARTBEAT, REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.alert_test import InputSeries, clock, count, input_series, no_samples, scenario
from generator.dsl.units import minutes, seconds
from generator.rendering.input_series import samples_by_series

API = {SERVICE: "worker-api"}
CHAT = {TENANT: "a", ROUTE: "/chat", **API}


def notation(series: InputSeries) -> str:
    """The samples of an input series, one each minute, in promtool's notation."""
    (text,) = samples_by_series([series], minutes(1)).values()
    return text


def test_a_clock_continues_after_missing_samples() -> None:
    """A heartbeat holds the seconds since the start of the test, also after two minutes without samples."""
    assert notation(input_series(HEARTBEAT, API, clock(minutes(2)), no_samples(minutes(2)), clock(minutes(2)))) == (
        "0+60x2 _x2 300+60x1"
    )


def test_a_series_can_begin_without_samples() -> None:
    """A series without samples for two minutes has none at 0, 1 and 2, and begins at 3 with what it has counted."""
    assert notation(input_series(REQUESTS, CHAT, no_samples(minutes(2)), count(6, minutes(2)))) == "_x3 6+6x1"


def test_the_sample_interval_is_at_most_a_minute() -> None:
    """Rules that are evaluated every five minutes still see five samples in an increase over five minutes."""
    intervals = (seconds(30), minutes(1), minutes(5))
    assert [scenario(evaluation_interval=interval).sample_interval for interval in intervals] == [
        seconds(30),
        minutes(1),
        minutes(1),
    ]
