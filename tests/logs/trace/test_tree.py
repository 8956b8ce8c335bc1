"""Flows worked out by hand: which step lies in which, and when it began."""

from __future__ import annotations

import pytest

from generator.logs.trace.tree import DEEPEST, Flow, Kind, Step, flow
from tests.logs.trace.made import API, INGEST, ORIGIN, THROUGH, Line, answer, arrival, call, line, read

Tree = dict[str, tuple[float, float, "Tree"]]
BINDING: Line = {"binding": "INGEST"}
OBJECT: Line = {"store": "durable_objects", "operation": "request", "binding": "COUNTER"}


def told(*lines: Line) -> Flow:
    """The flow of these lines."""
    return flow(read(*lines))


def tree(steps: tuple[Step, ...]) -> list[object]:
    """Steps as lists: name, start and end in milliseconds from the origin, and what lies inside."""
    return [
        [step.name, step.start - ORIGIN, step.end - ORIGIN, *([tree(step.steps)] if step.steps else [])]
        for step in steps
    ]


def test_a_request_through_a_binding_and_a_queue() -> None:
    """The other Worker lies in the call that asked it, the queue's visit beside the first; calls begin their latency
    before their lines."""
    assert tree(told(*THROUGH).steps) == [
        [
            "worker-api /chat", 0, 100, [
                ["INGEST fetch", 11, 41, [["ingest-worker /ingest", 12, 40, [["CACHE get", 15, 30]]]]],
                ["@cf/baai/bge-m3", 45, 90],
            ],
        ],
        ["ingest-worker /ingest", 1000, 1050, [["vectorize write", 1000, 1050]]],
    ]  # fmt: skip


def test_the_order_of_lines_does_not_matter() -> None:
    """Read backwards, the lines tell the same flow."""
    assert tree(told(*reversed(THROUGH)).steps) == tree(told(*THROUGH).steps)


def test_parallel_calls_each_hold_their_own_visit() -> None:
    """Two calls at once over one binding: each visit lies in the call that it fits into."""
    flow_told = told(
        arrival(0), arrival(10, INGEST), answer(20, 10, INGEST), call(22, 14, meta=BINDING),
        arrival(30, INGEST), answer(80, 50, INGEST), call(82, 80, meta=BINDING), answer(90, 90),
    )  # fmt: skip
    (top,) = flow_told.steps
    assert tree(top.steps) == [
        ["INGEST call", 2, 82, [["ingest-worker /ingest", 30, 80]]],
        ["INGEST call", 8, 22, [["ingest-worker /ingest", 10, 20]]],
    ]


def test_a_call_holds_one_visit_at_most() -> None:
    """Two visits that fit into the same call: the first lies in it, the second beside it."""
    lines = [arrival(0), arrival(10, INGEST), answer(20, 10, INGEST), arrival(30, INGEST), answer(40, 10, INGEST)]
    (top,) = told(*lines, call(50, 50, meta=BINDING), answer(60, 60)).steps
    assert [len(step.steps) for step in top.steps if step.kind is Kind.CALL] == [1]


def test_an_answer_ends_the_visit_that_its_latency_points_to() -> None:
    """Two visits of one service at once: the answer of 90 ms is the outer one's, the one of 20 ms the inner one's."""
    flow_told = told(
        arrival(0),
        arrival(40),
        answer(60, 20),
        call(70, 60, message="Durable Object increment", meta=OBJECT),
        answer(90, 90),
    )
    assert tree(flow_told.steps) == [
        ["worker-api /chat", 0, 90, [["COUNTER increment", 10, 70, [["worker-api /chat", 40, 60]]]]]
    ]


@pytest.mark.parametrize(
    ("message", "meta", "name"),
    [
        ("Durable Object increment", OBJECT, "COUNTER increment"),
        ("KV get failed", {"store": "kv", "operation": "read", "binding": "CACHE"}, "CACHE get"),
        ("AI run", {"model": "@cf/baai/bge-m3", "binding": "AI"}, "@cf/baai/bge-m3"),
        ("KV get", {"store": "kv", "operation": "read"}, "kv read"),
        ("?!", OBJECT, "COUNTER"),
        ("?!", {}, "?!"),
    ],
)
def test_a_call_is_named_by_what_its_line_says(message: str, meta: Line, name: str) -> None:
    """The model; or the binding and the method, as they stand in the Worker's code; or else the store's operation."""
    (visit,) = told(arrival(0), call(9, 5, message=message, meta=meta), answer(10, 10)).steps
    assert [step.name for step in visit.steps] == [name]


@pytest.mark.parametrize("meta", [{"model": "@cf/baai/bge-m3"}, {"store": "kv", "operation": "read"}])
def test_models_and_stores_hold_no_visit(meta: Line) -> None:
    """A visit during a call to a model lies in the visit that made the call, not in the call."""
    flow_told = told(arrival(0), arrival(10, INGEST), answer(20, 10, INGEST), call(30, 25, meta=meta), answer(40, 40))
    (top,) = flow_told.steps
    first, _ = top.steps
    assert (first.kind, first.steps) == (Kind.CALL, ())
    assert [step.service for step in top.steps] == [API, INGEST]


@pytest.mark.parametrize(("ahead", "inside"), [(20, True), (21, False)])
def test_clocks_may_differ_by_a_little(ahead: int, inside: bool) -> None:
    """A visit that ends 20 ms after its call by its own clock still lies in it; one more, and it does not."""
    end = 60 + ahead
    flow_told = told(
        arrival(0), arrival(20, INGEST), call(60, 50, meta=BINDING), answer(61, 61), answer(end, end - 20, INGEST)
    )
    (call_told,) = flow_told.steps[0].steps
    assert bool(call_told.steps) is inside


def test_a_visit_without_an_answer_ends_with_its_last_line() -> None:
    """What was cut short is drawn as far as it is told."""
    (visit,) = told(arrival(0), call(70, 10)).steps
    assert (visit.end - ORIGIN, visit.line, visit.failed) == (70, None, False)


def test_a_visit_without_an_arrival_begins_where_its_answer_says() -> None:
    """An answer of 30 ms at 50 ms began at 20 ms."""
    (visit,) = told(answer(50, 30)).steps
    assert (visit.start - ORIGIN, visit.end - ORIGIN) == (20, 50)


def test_what_is_written_after_the_answer_is_still_of_the_visit() -> None:
    """Work that the answer did not wait for lies in the visit, after its end."""
    (visit,) = told(arrival(0), answer(10, 10), call(50, 30)).steps
    assert tree(visit.steps) == [["the call", 20, 50]]


def test_a_word_is_a_moment() -> None:
    """A message lasts no time, whatever latency it forges, and is called what it says."""
    (visit,) = told(arrival(0), line(5, "message", message="cached", latency_ms=4), answer(9, 9)).steps
    (said,) = visit.steps
    assert (said.kind, said.name, said.start - ORIGIN, said.end - ORIGIN) == (Kind.SAID, "cached", 5, 5)


def test_forged_depth_is_bounded() -> None:
    """A thousand visits, each within the one before, are nested no deeper than Cloudflare lets a request go."""
    lines = [arrival(at) for at in range(1000)] + [answer(3000 - at, 3000 - 2 * at) for at in range(1000)]

    def depth(steps: tuple[Step, ...]) -> int:
        return max((1 + depth(step.steps) for step in steps), default=0)

    assert depth(told(*lines).steps) == DEEPEST + 1


def test_time_begins_with_the_first_arrival() -> None:
    """The origin is the first arrival; where none is told, the first start."""
    assert told(*THROUGH).origin == ORIGIN
    assert told(answer(50, 30)).origin == ORIGIN + 20
