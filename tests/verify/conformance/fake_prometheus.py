"""The data source of the fake Grafana: queries are parsed, answered as Grafana answers, and refused on demand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import promql_parser

QUERY_FIELDS = {
    *("datasource", "editorMode", "expr", "format", "instant", "interval", "intervalMs", "legendFormat"),
    *("maxDataPoints", "range", "refId"),
}
"""The fields of a query that are known; Grafana's page sends no others of these data sources."""
NEEDED_FIELDS = {"datasource", "expr", "instant", "intervalMs", "maxDataPoints", "range", "refId"}
MACROS = {"$__rate_interval": "60s", "$__interval": "15s", "$__range": "21600s"}
"""What Grafana's server replaces by itself, in an order in which none is the beginning of a later one."""
RAW_STRING = re.compile(r"`([^`]*)`")

Json = dict[str, Any]


@dataclass
class FakePrometheus:
    """`values` are those of every label that is not listed, `labels` those of single ones. `is_quiet` says which
    expressions have no data, and `error` gives the message for those that fail."""

    values: list[str] = field(default_factory=lambda: ["b.second", "a/first", "c(third"])
    labels: dict[str, list[str]] = field(default_factory=dict)
    is_quiet: Callable[[str], bool] = lambda expression: False
    error: Callable[[str], str] = lambda expression: ""

    def label_values(self, label: str, query: dict[str, list[str]]) -> tuple[int, Json]:
        """The values of a label, in no order."""
        if query.keys() != {"match[]", "start", "end"} or not int(query["start"][0]) < int(query["end"][0]):
            return 400, {"status": "error", "errorType": "bad_data", "error": f"parameters {sorted(query)}"}
        return 200, {"status": "success", "data": self.labels.get(label, self.values)}

    def query(self, queries: list[Json], start: int, end: int) -> tuple[int, Json]:
        """The answers to queries. As in Grafana, the status is 400 where one of them fails."""
        references = [query["refId"] for query in queries]
        if not start < end or len(set(references)) < len(references) or not references:
            return 400, {"message": "bad request data"}
        results = {query["refId"]: self._result(query) for query in queries}
        return (400 if any("error" in each for each in results.values()) else 200), {"results": results}

    def _result(self, query: Json) -> Json:
        expression = str(query.get("expr"))
        message = self.error(expression) or problem_of(query)
        if message:
            return {"error": message, "errorSource": "downstream", "status": 400}
        values = [] if self.is_quiet(expression) else [[1_700_000_000_000], [1]]
        fields = [{"name": "Time", "type": "time"}, {"name": "Value", "type": "number"}] if values else []
        frame = {"schema": {"refId": query["refId"], "fields": fields}, "data": {"values": values}}
        return {"status": 200, "frames": [frame]}


def problem_of(query: Json) -> str:
    """Why a query is refused, or nothing: an unknown field, or text that is not PromQL."""
    if not query.keys() <= QUERY_FIELDS or not query.keys() >= NEEDED_FIELDS:
        return f"unknown or missing fields: {sorted(query.keys() ^ QUERY_FIELDS)}"
    if query["instant"] == query["range"]:
        return "a query is instant or a range"
    text = query["expr"]
    for macro, value in MACROS.items():
        text = text.replace(macro, value)
    # The parser reads a backslash in a raw string as an escape.
    text = RAW_STRING.sub(lambda match: json.dumps(match[1]), text)
    if "${" in text:
        return f"parse error: unexpected character: '$' in {text}"
    try:
        promql_parser.parse(text)
    except ValueError as error:
        return f"parse error: {error}"
    return ""
