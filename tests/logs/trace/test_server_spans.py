"""Lines are grouped into server spans by their span ids; test_spans.py groups them by service and time."""

from __future__ import annotations

import pytest

from generator.logs.trace.server_spans import server_spans
from tests.logs.trace.sample_request import ORIGIN, Record, answer, arrival, call, line, parse

FIRST, SECOND, CALL = "00000000000000a1", "00000000000000a2", "00000000000000c1"


def ids(own: str, parent: str = "") -> Record:
    """Metadata with a span's id and that of its parent."""
    return {"span_id": own} | ({"parent_span_id": parent} if parent else {})


def test_interleaved_work_of_one_service_is_distinguished_by_ids() -> None:
    """Of two overlapping server spans each has the lines with its id, also calls with an id of their own, and its own
    answer, although times alone would mix them."""
    servers = server_spans(
        parse(
            arrival(0, meta=ids(FIRST)), arrival(5, meta=ids(SECOND)),
            line(10, "message", meta=ids(FIRST)), call(20, 5, meta=ids(CALL, FIRST)), call(21, 5, meta=ids(SECOND)),
            answer(30, 30, meta=ids(FIRST)), answer(40, 35, meta=ids(SECOND)),
        )
    )  # fmt: skip
    assert [[each.time - ORIGIN for each in server.lines] for server in servers] == [[0, 10, 20, 30], [5, 21, 40]]
    assert [server.span_id for server in servers] == [FIRST, SECOND]


def test_a_visit_without_ends_has_the_ids_of_its_lines() -> None:
    """Two visits to Durable Objects of one service, which write neither an arrival nor an answer, are two server spans:
    each has its messages and calls, whichever comes first, and the parent of its messages."""
    calls = ("00000000000000c2", "00000000000000c3")
    servers = server_spans(
        parse(
            arrival(0, meta=ids(FIRST)),
            call(10, 5, meta=ids(calls[0], SECOND)), line(11, "message", meta=ids(SECOND, CALL)),
            line(12, "message", meta=ids("00000000000000a3", "00000000000000c9")),
            call(13, 5, meta=ids(calls[1], SECOND)), call(14, 12, meta=ids(CALL, FIRST)),
            answer(20, 20, meta=ids(FIRST)),
        )
    )  # fmt: skip
    described = {server.span_id: (server.parent_span_id, len(server.lines), server.is_visit) for server in servers}
    assert described == {
        FIRST: ("", 3, False),
        SECOND: (CALL, 3, True),
        "00000000000000a3": ("00000000000000c9", 1, True),
    }


def test_a_visit_of_calls_alone_has_no_parent() -> None:
    """The parent of its calls is the visit itself; what caused the visit is on lines of its own only."""
    (server,) = server_spans(parse(call(10, 5, meta=ids(CALL, SECOND))))
    assert (server.span_id, server.parent_span_id) == (SECOND, "")


def test_a_line_of_an_unknown_span_is_a_server_span_of_its_own() -> None:
    """A line whose id no server span has does not belong to one with another id."""
    servers = server_spans(parse(arrival(0, meta=ids(FIRST)), line(5, "message", meta=ids(SECOND)), answer(9, 9)))
    assert [len(server.lines) for server in servers] == [2, 1]


@pytest.mark.parametrize("message", ["message arrived", "schedule arrived"])
def test_work_that_was_delivered_is_known_by_its_arrival(message: str) -> None:
    """The arrival of a queue's message and of a schedule say so."""
    (server,) = server_spans(parse(arrival(0, message=message)))
    assert server.is_delivered
    (server,) = server_spans(parse(arrival(0, message="request arrived"), line(1, "message", message="message sent")))
    assert not server.is_delivered


def test_moving_a_server_span_moves_all_of_its_lines() -> None:
    """All times are moved by the offset, and nothing else changes."""
    (server,) = server_spans(parse(arrival(0), call(5, 2), answer(9, 9)))
    moved = server.moved(100)
    assert [each.time - ORIGIN for each in moved.lines] == [100, 105, 109]
    assert moved.moved(-100) == server
