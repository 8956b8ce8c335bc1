"""Requests are shown when they are complete, while the log is still written. The clock is the tests' own."""

from __future__ import annotations

import io
import json
import os
import sys

import pytest

from generator.logs.framing import LogEntry
from generator.logs.trace import live
from generator.logs.trace.live import PATIENCE_SECONDS, SETTLE_SECONDS, LiveTraces, follow
from generator.logs.trace.search import SearchResult
from tests.logs.exports import EXPORTS
from tests.logs.trace.sample_request import BINDING_AND_QUEUE, INGEST, REQUEST_ID, Record, answer, arrival, line, ndjson

OTHER = "00000000-4c5d-4e6f-8a9b-0c1d2e3f4a5b"


def add(traces: LiveTraces, now: float, *records: Record) -> list[SearchResult]:
    """Add records at a time."""
    entries = [LogEntry(number, json.dumps(record).encode()) for number, record in enumerate(records, 1)]
    return [result for entry in entries for result in traces.add(entry, now)]


def steps(results: list[SearchResult]) -> list[list[str]]:
    """The steps of the lines of each result."""
    return [[each.step for each in result.lines] for result in results]


def test_a_request_is_complete_when_nothing_follows_its_answer() -> None:
    """An answered request is complete a moment after its last line, and once."""
    traces = LiveTraces()
    add(traces, 100.0, arrival(0), answer(9, 9))
    assert list(traces.complete(100.0 + SETTLE_SECONDS * 0.9)) == []
    assert steps(list(traces.complete(100.0 + SETTLE_SECONDS))) == [["arrival", "answer"]]
    assert list(traces.complete(1e9)) == list(traces.rest()) == []


def test_a_request_without_an_answer_is_shown_after_a_longer_time() -> None:
    """A request whose callee has not answered waits longer, and is then shown as it is."""
    traces = LiveTraces()
    add(traces, 0.0, arrival(0), arrival(5, INGEST), answer(9, 9))
    assert list(traces.complete(PATIENCE_SECONDS * 0.9)) == []
    assert steps(list(traces.complete(PATIENCE_SECONDS))) == [["arrival", "arrival", "answer"]]


def test_a_visit_is_not_waited_for() -> None:
    """Work in a Durable Object, which has no answer line, does not delay an answered request; alone it is none."""
    visit = line(4, "message", meta={"span_id": "00000000000000a2", "parent_span_id": "00000000000000c1"})
    own = {"span_id": "00000000000000a1"}
    traces = LiveTraces()
    add(traces, 0.0, visit)
    assert list(traces.complete(SETTLE_SECONDS)) == []
    add(traces, 2.0, arrival(0, meta=own), answer(9, 9, meta=own))
    assert len(list(traces.complete(2.0 + SETTLE_SECONDS))) == 1


def test_later_lines_show_a_request_again() -> None:
    """What a queue delivers later shows the request a second time, with all of its lines; a doubled line does not."""
    traces = LiveTraces()
    add(traces, 0.0, arrival(0), answer(9, 9))
    assert len(list(traces.complete(5.0))) == 1
    add(traces, 6.0, answer(9, 9))
    assert list(traces.complete(20.0)) == []
    add(traces, 21.0, arrival(900, INGEST), answer(950, 50, INGEST))
    assert steps(list(traces.complete(30.0))) == [["arrival", "answer", "arrival", "answer"]]


def test_the_number_of_requests_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the maximum, the request whose last line is the oldest is shown and forgotten."""
    monkeypatch.setattr(live, "MAX_REQUESTS", 1)
    traces = LiveTraces()
    assert add(traces, 0.0, arrival(0)) == []
    (forgotten,) = add(traces, 1.0, arrival(0, request_id=OTHER))
    assert (forgotten.request_id, list(traces.requests)) == (REQUEST_ID, [OTHER])


def test_one_request_can_be_followed() -> None:
    """With an id, the lines of other requests are ignored."""
    traces = LiveTraces(OTHER)
    add(traces, 0.0, arrival(0), arrival(0, request_id=OTHER), {"request_id": 5, "service": "x"})
    assert [result.request_id for result in traces.rest()] == [OTHER]


@pytest.mark.parametrize("export", ["ndjson", "tail json", "tail pretty"])
def test_standard_input_is_followed(monkeypatch: pytest.MonkeyPatch, export: str) -> None:
    """All requests of a log that has ended are shown, in any form of a log."""
    records = [*BINDING_AND_QUEUE, line(0, "message", request_id=OTHER)]
    data = EXPORTS[export]([json.dumps(record).encode() for record in records])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data))))
    assert [(result.request_id, len(result.lines)) for result in follow()] == [(REQUEST_ID, 10), (OTHER, 1)]


def test_a_request_is_shown_before_the_log_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the writer of a pipe still has it open, the first request is shown."""
    reading, writing = os.pipe()
    ticks = iter(range(0, 1_000_000, 10))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(open(reading, "rb")))  # noqa: SIM115
    os.write(writing, ndjson([arrival(0), answer(9, 9)]))
    shown = follow(clock=lambda: next(ticks))
    assert steps([next(shown)]) == [["arrival", "answer"]]
    os.write(writing, ndjson([arrival(0, request_id=OTHER)]))
    os.close(writing)
    assert [result.request_id for result in shown] == [OTHER]
