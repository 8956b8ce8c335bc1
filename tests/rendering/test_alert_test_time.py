"""Time in stories: clocks, series that appear, and how often series are sampled; worked out by hand."""

from __future__ import annotations

from contract.api import HEARTBEAT, REQUESTS
from contract.labels import ROUTE, SERVICE, TENANT
from generator.dsl.alert_test import InputSeries, clock, count, input_series, no_samples, scenario
from generator.dsl.units import minutes, seconds

API = {SERVICE: "worker-api"}
CHAT = {TENANT: "a", ROUTE: "/chat", **API}


def values(one: InputSeries) -> str:
    """The notation of a flow's only series, sampled each minute."""
    (text,) = input_series([one], minutes(1)).values()
    return text


def test_a_clock_goes_on_in_silence() -> None:
    """A heartbeat holds the seconds of the story's clock, also after two minutes in which nobody heard of it."""
    assert values(input_series(HEARTBEAT, API, clock(minutes(2)), no_samples(minutes(2)), clock(minutes(2)))) == (
        "0+60x2 _x2 300+60x1"
    )


def test_a_flow_that_begins_with_silence_is_not_there() -> None:
    """What is silent for two minutes has no sample at 0, 1 and 2, and appears at 3 with all that it counted since."""
    assert values(input_series(REQUESTS, CHAT, no_samples(minutes(2)), count(6, minutes(2)))) == "_x3 6+6x1"


def test_series_are_sampled_each_minute_at_least() -> None:
    """Rules that are evaluated each five minutes still see five samples in an increase over five minutes."""
    assert [
        scenario(evaluation_interval=evaluation_interval).sample_interval
        for evaluation_interval in (seconds(30), minutes(1), minutes(5))
    ] == [
        seconds(30),
        minutes(1),
        minutes(1),
    ]
