"""Any lines have a trace: each line is in it once, no span contains itself, and all outputs can be written."""

from __future__ import annotations

import json
import random

import pytest

from generator.logs.trace.json_output import trace_data
from generator.logs.trace.otlp import otlp_data
from generator.logs.trace.parents import MAX_DEPTH
from generator.logs.trace.spans import Span, SpanKind, build_trace
from generator.logs.trace.terminal import Screen
from generator.logs.trace.waterfall import waterfall
from tests.logs.trace.sample_request import Record, line, search_result

SERVICES = ("worker-api", "ingest-worker", "counter", "")
STEPS = ("arrival", "call", "answer", "message", "call")
MESSAGES = ("message arrived", "service fetch", "\ud800", "\x1b[31m")
METADATA: tuple[Record, ...] = ({}, {"binding": "B"}, {"model": "m"}, {"store": "durable_objects"}, {"store": "kv"})


def forged_records(seed: int) -> list[Record]:
    """Up to forty lines with few times, services and ids, so that they contradict each other."""
    source = random.Random(seed)
    ids = [f"{number:016x}" for number in range(1, 6)]

    def metadata() -> Record:
        keys = [key for key in ("span_id", "parent_span_id") if source.random() < 0.4]
        return source.choice(METADATA) | {key: source.choice(ids) for key in keys}

    return [
        line(
            source.randrange(0, 600, 7),
            source.choice(STEPS),
            source.choice(SERVICES),
            message=source.choice(MESSAGES),
            latency_ms=source.choice([0, 5, 40, 60, 500, -1, "x", None]),
            meta=metadata(),
        )
        for _ in range(source.randrange(1, 40))
    ]


def lines_in(span: Span) -> int:
    """The number of lines of a span and its descendants that have a span of their own."""
    own = span.line is not None and span.kind is not SpanKind.SERVER
    return own + sum(map(lines_in, span.children))


def depth_of(span: Span) -> int:
    """The number of nested server spans."""
    return (span.kind is SpanKind.SERVER) + max(map(depth_of, span.children), default=0)


@pytest.mark.parametrize("block", range(20))
def test_forged_lines_have_a_trace(block: int) -> None:
    """Contradictory times, ids and ends make a tree with every inner line once, and every output."""
    for seed in range(50 * block, 50 * block + 50):
        result = search_result(*forged_records(seed))
        trace = build_trace(result.lines)
        inner = sum(len(server.inner_lines) for server in trace.server_spans)
        assert sum(map(lines_in, trace.spans)) == inner
        assert sum(len(server.lines) for server in trace.server_spans) == len(result.lines)
        assert max(map(depth_of, trace.spans)) <= MAX_DEPTH + 1
        assert waterfall(result, trace, Screen(80))
        assert json.dumps(trace_data(result, trace))
        exported = json.loads(json.dumps(otlp_data(result, trace)))["resourceSpans"]
        spans = [span for resource in exported for span in resource["scopeSpans"][0]["spans"]]
        assert len({span["spanId"] for span in spans}) == len(spans)
        assert all(int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]) for span in spans)
