"""What one line tells, also where its fields are missing or forged."""

from __future__ import annotations

import pytest

from generator.logs.trace.lines import Failure, told
from tests.logs.trace.made import ORIGIN, Line, call, line


def test_a_line_tells_when_its_step_began() -> None:
    """A call of 40 ms whose line was written at 100 ms began at 60 ms."""
    one = told(call(100, 40), "log:1")
    assert one is not None
    assert (one.start - ORIGIN, one.at - ORIGIN) == (60, 100)


@pytest.mark.parametrize(
    "when", ["2026-11-24T19:25:26+01:00", "2026-11-24T18:25:26Z", "2026-11-24T18:25:26.000000000Z"]
)
def test_a_time_is_read_with_its_zone_and_its_fractions(when: str) -> None:
    """The same moment, written three ways."""
    one = told(line(0, "message", timestamp=when), "log:1")
    assert one is not None
    assert one.at == ORIGIN


@pytest.mark.parametrize("when", [None, "", "yesterday", "2026-11-24", 1_795_544_726_000, "2026-13-24T18:25:26Z"])
def test_a_line_that_does_not_say_when_tells_nothing(when: object) -> None:
    """A line without a time has no place in a flow."""
    assert told(line(0, "message", timestamp=when), "log:1") is None


@pytest.mark.parametrize("took", [True, "12", -1, 1e300, float("inf"), float("nan"), None, [12]])
def test_a_duration_that_cannot_be_is_none(took: object) -> None:
    """A forged latency draws no bar."""
    one = told(line(0, "call", latency_ms=took), "log:1")
    assert one is not None
    assert one.latency is None


@pytest.mark.parametrize(
    ("fields", "failed"),
    [
        ({}, False),
        ({"level": "warn"}, False),
        ({"level": "error"}, True),
        ({"error": None}, False),
        ({"error": {"message": "no"}}, True),
        ({"status_code": 404}, False),
        ({"status_code": 500}, True),
    ],
)
def test_what_is_a_failure(fields: Line, failed: bool) -> None:
    """An exception, the level error, a status from 500 on; not a warning, nor what the caller did wrong."""
    one = told(line(0, "answer", **fields), "log:1")
    assert one is not None
    assert one.failed is failed


def test_forged_fields_are_read_as_nothing() -> None:
    """Objects where texts belong, nested metadata, a status that is none: nothing breaks, and nothing is believed."""
    forged = {"service": {}, "message": [], "status_code": 7, "metadata": {"step": {}, "a": {"b": 1}, "c": 1}}
    one = told(line(0, "call") | forged | {"error": {"message": 1}}, "log:1")
    assert one is not None
    assert (one.service, one.message, one.step, one.status) == ("", "", "message", None)
    assert one.metadata == {"c": 1}
    assert one.failure == Failure("", "")
