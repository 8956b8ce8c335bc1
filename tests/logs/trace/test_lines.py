"""Parsing one line, also if its fields are missing or forged."""

from __future__ import annotations

import pytest

from generator.logs.trace.lines import LoggedError, LogLine, parse_line, trace_id_of
from tests.logs.trace.sample_request import ORIGIN, Record, call, line


def parsed(record: Record) -> LogLine:
    """The parsed record, which must have a timestamp."""
    parsed_line = parse_line(record, "log:1")
    assert parsed_line is not None
    return parsed_line


def test_a_step_starts_its_latency_before_its_line() -> None:
    """A call of 40 ms whose line was written at 100 ms started at 60 ms."""
    call_line = parsed(call(100, 40))
    assert (call_line.start - ORIGIN, call_line.time - ORIGIN) == (60, 100)


@pytest.mark.parametrize(
    "timestamp", ["2026-11-24T19:25:26+01:00", "2026-11-24T18:25:26Z", "2026-11-24T18:25:26.000000000Z"]
)
def test_a_timestamp_is_parsed_with_its_offset_and_fraction(timestamp: str) -> None:
    """Three notations of the same time are equal."""
    assert parsed(line(0, "message", timestamp=timestamp)).time == ORIGIN


@pytest.mark.parametrize("timestamp", [None, "", "yesterday", "2026-11-24", 1_795_544_726_000, "2026-13-24T18:25:26Z"])
def test_a_line_without_a_timestamp_is_rejected(timestamp: object) -> None:
    """A line without a valid timestamp has no place in a trace."""
    assert parse_line(line(0, "message", timestamp=timestamp), "log:1") is None


@pytest.mark.parametrize("latency", [True, "12", -1, 1e300, float("inf"), float("nan"), None, [12]])
def test_an_impossible_latency_is_ignored(latency: object) -> None:
    """A forged latency is parsed as none."""
    assert parsed(line(0, "call", latency_ms=latency)).latency is None


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
def test_failures(fields: Record, failed: bool) -> None:
    """An exception, level error and a 5xx status are failures; a warning and a 4xx status are not."""
    assert parsed(line(0, "answer", **fields)).failed is failed


@pytest.mark.parametrize(("latency", "malformed"), [(None, False), (0, False), (5.5, False), (-1, True), ("5", True)])
def test_a_malformed_latency_is_known(latency: object, malformed: bool) -> None:
    """A latency that is there and no duration is malformed."""
    assert parsed(line(0, "call", latency_ms=latency)).has_malformed_latency is malformed


def test_ids_of_spans_are_those_of_the_metadata() -> None:
    """Ids of W3C Trace Context are read; one of zeros, in capitals or of another length is none."""
    ids = {"span_id": "00f067aa0ba902b7", "parent_span_id": "b7ad6b7169203331", "trace_id": "0af7651916cd43dd" * 2}
    record = line(0, "call", meta=ids)
    assert (parsed(record).span_id, parsed(record).parent_span_id) == (ids["span_id"], ids["parent_span_id"])
    assert trace_id_of(record) == ids["trace_id"]
    for wrong in ("0" * 16, "00F067AA0BA902B7", "00f067aa", 7, None):
        assert parsed(line(0, "call", meta={"span_id": wrong})).span_id == ""
    assert trace_id_of(line(0, "call")) == trace_id_of({"metadata": []}) == ""


def test_forged_fields_are_ignored() -> None:
    """Objects in place of strings, nested metadata and an invalid status are parsed as empty."""
    forged = {"service": {}, "message": [], "status_code": 7, "metadata": {"step": {}, "a": {"b": 1}, "c": 1}}
    forged_line = parsed(line(0, "call") | forged | {"error": {"message": 1}})
    assert (forged_line.service, forged_line.message, forged_line.step, forged_line.status) == ("", "", "message", None)
    assert forged_line.metadata == {"c": 1}
    assert forged_line.error == LoggedError("", "")
