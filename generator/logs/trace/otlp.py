"""A trace as OTLP: one TracesData message of OpenTelemetry in its JSON form."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from generator.logs.trace.lines import SPAN_ID, TRACE_ID, LogLine, Scalar
from generator.logs.trace.search import SearchResult
from generator.logs.trace.spans import Span, SpanKind, Trace

JsonObject: TypeAlias = dict[str, object]
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
SCOPE = "workers-ai-observability"
SERVER, CLIENT, CONSUMER = 2, 3, 5
"""Values of the enumeration SpanKind."""
STATUS_ERROR = 2
SEMANTIC_NAMES = {
    "model": "gen_ai.request.model",
    "tokens_input": "gen_ai.usage.input_tokens",
    "tokens_output": "gen_ai.usage.output_tokens",
    "http_method": "http.request.method",
    "step": "",
    "trace_id": "",
    "span_id": "",
    "parent_span_id": "",
    "linked_trace_id": "",
    "linked_span_id": "",
}
"""OpenTelemetry's names of keys of the metadata; those without one are the span itself, or a
link. Other keys stay as they are."""


@dataclass
class _Exported:
    """The spans so far, by service."""

    request_id: str
    spans: dict[str, list[JsonObject]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    @property
    def trace_id(self) -> str:
        return self.request_id.replace("-", "")

    def span_id(self, span: Span) -> str:
        """Return the id of the span's own lines, or one that is derived from what it is."""
        own, number = span.span_id, 0
        while not own or own in self.used:
            text = f"{self.request_id} {span.kind.value} {span.service} {span.name} {span.start} {span.end} {number}"
            own, number = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16], number + 1
        self.used.add(own)
        return own


def otlp_data(result: SearchResult, trace: Trace) -> JsonObject:
    """Return the trace as a TracesData message: its resources are services. Ids are in hexadecimal and numbers of 64
    bits in decimal, as texts.

    The trace id is the request id without dashes. A message of the application is an event of the span that it belongs
    to.
    """
    exported = _Exported(result.request_id)
    for span in trace.spans:
        _add(span, span.parent_span_id, exported)
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": _attributes({"service.name": service or "unknown"})},
                "scopeSpans": [{"scope": {"name": SCOPE}, "spans": spans}],
            }
            for service, spans in exported.spans.items()
        ]
    }


def _add(span: Span, parent_id: str, exported: _Exported) -> None:
    own_id = exported.span_id(span)
    line = span.line
    kind = CLIENT if span.kind is SpanKind.CLIENT else CONSUMER if span.is_delivered else SERVER
    data: JsonObject = {
        "traceId": exported.trace_id,
        "spanId": own_id,
        "parentSpanId": parent_id,
        "name": _valid(span.name) or span.kind.value,
        "kind": kind,
        "startTimeUnixNano": _nanoseconds(span.start),
        "endTimeUnixNano": _nanoseconds(max(span.start, span.end)),
        "attributes": _attributes(_line_attributes(span, exported.request_id)),
        "events": list(_events(span)),
    }
    if span.kind is SpanKind.SERVER and line:
        data |= _links(line)
    if span.failed:
        message = line.error.message if line and line.error else ""
        data["status"] = {"code": STATUS_ERROR} | ({"message": _valid(message)} if message else {})
    exported.spans.setdefault(span.service, []).append(data)
    for child in span.children:
        if child.kind is not SpanKind.EVENT:
            _add(child, own_id, exported)


def _line_attributes(span: Span, request_id: str) -> Mapping[str, Scalar]:
    line = span.line
    attributes: dict[str, Scalar] = {"request_id": request_id}
    if line is None:
        return attributes
    attributes |= {"tenant_id": line.tenant or None, "log.level": line.level or None}
    if span.kind is SpanKind.SERVER:
        attributes["http.route"] = line.route or None
    attributes["http.response.status_code"] = line.status
    for name, value in line.metadata.items():
        semantic = SEMANTIC_NAMES.get(name, name)
        if semantic:
            attributes[semantic] = value
    return attributes


def _links(line: LogLine) -> JsonObject:
    """Return the link to the span of a caller outside, if the line has its ids."""
    trace_id, span_id = (line.metadata.get(f"linked_{name}_id") for name in ("trace", "span"))
    is_linked = TRACE_ID.fullmatch(str(trace_id)) and SPAN_ID.fullmatch(str(span_id))
    return {"links": [{"traceId": trace_id, "spanId": span_id}]} if is_linked else {}


def _events(span: Span) -> Iterator[JsonObject]:
    """Yield the messages that belong to a span, and its exception."""
    for child in span.children:
        if child.kind is SpanKind.EVENT and child.line is not None:
            attributes = {"log.level": child.line.level, **child.line.metadata}
            yield {
                "timeUnixNano": _nanoseconds(child.start),
                "name": _valid(child.name) or "message",
                "attributes": _attributes(
                    {name: each for name, each in attributes.items() if name not in SEMANTIC_NAMES}
                ),
            }
            yield from _exception(child.line)
    if span.line is not None:
        yield from _exception(span.line)


def _exception(line: LogLine) -> Iterator[JsonObject]:
    if line.error is not None:
        attributes = {"exception.message": line.error.message, "exception.stacktrace": line.error.stack or None}
        yield {"timeUnixNano": _nanoseconds(line.time), "name": "exception", "attributes": _attributes(attributes)}


def _attributes(values: Mapping[str, Scalar]) -> list[JsonObject]:
    return [{"key": _valid(name), "value": _value(value)} for name, value in values.items() if value is not None]


def _value(value: Scalar) -> JsonObject:
    match value:
        case bool():
            return {"boolValue": value}
        case int() if -(2**63) <= value < 2**63:
            return {"intValue": str(value)}
        case int() | float():
            return {"doubleValue": float(value)}
        case _:
            return {"stringValue": _valid(str(value))}


def _valid(text: str) -> str:
    """Return a text with U+FFFD in place of lone surrogates, which Protobuf does not have."""
    return LONE_SURROGATE.sub("\ufffd", text)


def _nanoseconds(milliseconds: float) -> str:
    """Return a time to the microsecond, which is what a float of this size holds."""
    return str(max(round(milliseconds * 1000), 0) * 1000)
