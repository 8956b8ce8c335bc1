"""A trace as OTLP/JSON, read back by OpenTelemetry's own messages."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from google.protobuf import json_format
from opentelemetry.proto.trace.v1 import trace_pb2

from generator.logs.trace.otlp import otlp_data
from generator.logs.trace.spans import build_trace
from tests.logs.trace.sample_request import (
    BINDING_AND_QUEUE,
    INGEST,
    ORIGIN,
    REQUEST_ID,
    Record,
    answer,
    arrival,
    call,
    line,
    search_result,
)

TRACE_ID = "8d3f2b1a4c5d4e6f8a9b0c1d2e3f4a5b"
IDS = ("traceId", "spanId", "parentSpanId")


def exported(*records: Record) -> dict[str, Any]:
    """The message as data, after it was written as JSON."""
    result = search_result(*records)
    data: dict[str, Any] = json.loads(json.dumps(otlp_data(result, build_trace(result.lines))))
    return data


def parsed(data: object) -> trace_pb2.TracesData:
    """The message as OpenTelemetry's own one. OTLP writes ids in hexadecimal, the JSON of Protobuf in base64."""

    def encoded(value: object) -> object:
        if isinstance(value, dict):
            return {
                key: base64.b64encode(bytes.fromhex(each)).decode() if key in IDS else encoded(each)
                for key, each in value.items()
            }
        return [encoded(each) for each in value] if isinstance(value, list) else value

    message: trace_pb2.TracesData = json_format.Parse(json.dumps(encoded(data)), trace_pb2.TracesData())
    return message


def spans_of(*records: Record) -> dict[str, trace_pb2.Span]:
    """The spans by name, which are different."""
    resources = parsed(exported(*records)).resource_spans
    return {span.name: span for each in resources for scope in each.scope_spans for span in scope.spans}


def attributes(holder: Any) -> dict[str, object]:
    """The attributes of a span, an event or a resource."""
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in holder.attributes}


def test_spans_are_nested_and_timed() -> None:
    """Each span has the trace's id, the time of its lines in nanoseconds and the id of the span that contains it."""
    spans = spans_of(*BINDING_AND_QUEUE[:7])
    root, fetch, visit = spans["worker-api /chat"], spans["INGEST fetch"], spans["ingest-worker /ingest"]
    assert {span.trace_id.hex() for span in spans.values()} == {TRACE_ID}
    assert (root.parent_span_id, fetch.parent_span_id, visit.parent_span_id) == (b"", root.span_id, fetch.span_id)
    assert len({span.span_id for span in spans.values()}) == len(spans) == 5
    assert [(span.start_time_unix_nano, span.end_time_unix_nano) for span in (root, visit)] == [
        (ORIGIN * 10**6, (ORIGIN + 100) * 10**6),
        ((ORIGIN + 12) * 10**6, (ORIGIN + 40) * 10**6),
    ]
    assert (root.kind, fetch.kind) == (trace_pb2.Span.SPAN_KIND_SERVER, trace_pb2.Span.SPAN_KIND_CLIENT)


def test_services_are_resources() -> None:
    """Each service is a resource with its name."""
    resources = parsed(exported(*BINDING_AND_QUEUE)).resource_spans
    assert [attributes(each.resource) for each in resources] == [
        {"service.name": "worker-api"},
        {"service.name": "ingest-worker"},
    ]


def test_attributes_have_the_names_of_the_conventions() -> None:
    """Route, status, model and tokens have OpenTelemetry's names and types, other metadata its own."""
    meta: Record = {"model": "@cf/baai/bge-m3", "tokens_input": 12, "binding": "AI", "retried": True, "ratio": 0.5}
    spans = spans_of(arrival(0), call(5, 5, meta=meta), answer(9, 9))
    assert attributes(spans["worker-api /chat"]) == {
        "request_id": REQUEST_ID,
        "tenant_id": "com-mrrainbowsmoke",
        "log.level": "info",
        "http.route": "/chat",
        "http.response.status_code": 200,
    }
    assert attributes(spans["@cf/baai/bge-m3"]) == {
        "request_id": REQUEST_ID,
        "tenant_id": "com-mrrainbowsmoke",
        "log.level": "info",
        "gen_ai.request.model": "@cf/baai/bge-m3",
        "gen_ai.usage.input_tokens": 12,
        "binding": "AI",
        "retried": True,
        "ratio": 0.5,
    }


def test_failures_and_messages_are_events() -> None:
    """A failed span has the status Error and an event with the exception; a message is an event with its time."""
    error = {"message": "boom", "stack": "Error: boom"}
    spans = spans_of(arrival(0), line(5, "message", message="cached", meta={"n": 1}), answer(9, 9, error=error))
    (root,) = spans.values()
    assert (root.status.code, root.status.message) == (trace_pb2.Status.STATUS_CODE_ERROR, "boom")
    message, exception = root.events
    assert (message.name, message.time_unix_nano) == ("cached", (ORIGIN + 5) * 10**6)
    assert attributes(message) == {"log.level": "info", "n": 1}
    assert attributes(exception) == {"exception.message": "boom", "exception.stacktrace": "Error: boom"}
    assert (exception.name, exception.time_unix_nano) == ("exception", (ORIGIN + 9) * 10**6)


def test_ids_of_lines_are_kept() -> None:
    """A span has the id of its lines; calls that share that of their server span have others."""
    own = {"span_id": "00000000000000a1"}
    spans = spans_of(arrival(0, meta=own), call(5, 5, meta={"binding": "B", **own}), answer(9, 9, meta=own))
    assert spans["worker-api /chat"].span_id.hex() == "00000000000000a1"
    assert spans["B call"].span_id.hex() != "00000000000000a1"
    assert spans["B call"].parent_span_id.hex() == "00000000000000a1"


def test_the_parent_that_a_line_names_is_kept() -> None:
    """A server span whose caller's lines are missing still has the caller's id as its parent."""
    meta = {"span_id": "00000000000000a1", "parent_span_id": "00000000000000b2"}
    (root,) = spans_of(arrival(0, meta=meta), answer(9, 9, meta=meta)).values()
    assert root.parent_span_id.hex() == "00000000000000b2"


def test_a_caller_outside_is_a_link() -> None:
    """The ids of a caller's traceparent are a link of the request's span, and no attributes; forged ones are none."""
    linked = {"linked_trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "linked_span_id": "00f067aa0ba902b7"}
    spans = spans_of(arrival(0, meta=linked), call(5, 5, meta={"binding": "B", **linked}), answer(9, 9, meta=linked))
    (link,) = spans["worker-api /chat"].links
    assert (link.trace_id.hex(), link.span_id.hex()) == (linked["linked_trace_id"], linked["linked_span_id"])
    assert list(spans["B call"].links) == []
    for forged in (linked | {"linked_span_id": "x"}, linked | {"linked_trace_id": "0" * 32}):
        (root,) = spans_of(arrival(0), answer(9, 9, meta=forged)).values()
        assert list(root.links) == []
        assert not [name for name in attributes(root) if name.startswith("linked")]


def test_ids_are_the_same_in_each_export() -> None:
    """Derived ids depend on the lines alone, and those of equal calls differ."""
    records = (arrival(0), call(5, 5), call(5, 5, tenant_id="x"), answer(9, 9))
    assert exported(*records) == exported(*records)
    spans = [span for each in exported(*records)["resourceSpans"] for span in each["scopeSpans"][0]["spans"]]
    assert len({span["spanId"] for span in spans}) == 3


def test_a_delivery_of_a_queue_is_a_consumer() -> None:
    """Work of a queue's message has the kind Consumer."""
    (span,) = spans_of(arrival(0, INGEST, message="message arrived"), answer(9, 9, INGEST)).values()
    assert span.kind == trace_pb2.Span.SPAN_KIND_CONSUMER


@pytest.mark.parametrize("value", [2**63, -(2**70), 1e308, "", "\ud800", True, -5])
def test_any_value_is_exported(value: object) -> None:
    """Numbers beyond 64 bits, lone surrogates and empty texts have a place in the message."""
    spans = spans_of(arrival(0), answer(9, 9, meta={"value": value}))
    (root,) = spans.values()
    assert "value" in attributes(root)


def test_lone_surrogates_are_replaced_everywhere() -> None:
    """Half of a pair, which a cut text can end in, becomes U+FFFD in names, messages, keys and services."""
    half = "cut \ud83d"
    error = {"message": half, "stack": half}
    records = (arrival(0), line(1, "message", message=half, meta={half: half}), answer(9, 9, error=error, route=half))
    (resource,) = parsed(exported(*({**record, "service": half} for record in records))).resource_spans
    assert attributes(resource.resource) == {"service.name": "cut \ufffd"}
