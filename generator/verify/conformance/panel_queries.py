"""The queries of a panel as Grafana's page sends them, and what their answers are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from generator.frozen import frozen
from generator.verify.conformance.grafana_api import GrafanaApi
from generator.verify.conformance.template_variables import QueryVariable, Selection, interpolated
from generator.verify.json_api import Answer

DASHBOARD_WIDTH, COLUMNS = 1270, 24
"""The width of a dashboard in pixels, in a window of 1,600, and in columns: a graph asks for a point each pixel."""
ANSWERED = (200, 207, 400, 404, 422, 429, *range(500, 600))
"""Statuses of queries: where one fails, Grafana gives the reason with 400, 207 or that of the data source."""
RELATIVE_TIME = re.compile(r"now-(\d+)([smhdw])")
SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
MIN_INTERVAL = 1_000
"""The shortest step of a graph in milliseconds."""

TimeRange: TypeAlias = tuple[int, int]
"""From and to, in milliseconds since 1970."""


@frozen
class QuerySource:
    """Queries that are sent together: those of a panel, or of an annotation. `width` is in pixels."""

    title: str
    targets: Sequence[Mapping[str, Any]]
    width: int
    panel: int | None = None

    @property
    def expressions(self) -> tuple[str, ...]:
        """The expressions of the queries."""
        return tuple(target["expr"] for target in self.targets)


@frozen
class QueryAnswer:
    """The answer to a query: its refId, an error (empty: none), and whether there is a value in it."""

    ref_id: str
    error: str
    has_data: bool


def sources_of(model: Mapping[str, Any]) -> Iterator[QuerySource]:
    """Everything in a dashboard that is queried: panels, then annotations."""
    for panel in model["panels"]:
        if targets := panel.get("targets"):
            width = DASHBOARD_WIDTH * panel["gridPos"]["w"] // COLUMNS
            yield QuerySource(panel["title"], targets, width, panel["id"])
    for node in model["annotations"]["list"]:
        if "expr" in node:
            target = {name: node[name] for name in ("datasource", "expr")}
            target |= {"refId": "Anno", "interval": node["step"], "instant": False, "range": True}
            yield QuerySource(f"annotations {node['name']}", (target,), DASHBOARD_WIDTH)


def request_body(
    source: QuerySource,
    selection: Selection,
    variables: Sequence[QueryVariable],
    data_source: str,
    time_range: TimeRange,
) -> dict[str, Any]:
    """The body of the request for these values of the variables. Raises `DefinitionError` for an unknown variable."""
    start, end = time_range
    step = max(MIN_INTERVAL, (end - start) // source.width)
    queries = [
        {
            **target,
            "datasource": {"type": "prometheus", "uid": data_source},
            "expr": interpolated(target["expr"], selection, variables),
            "intervalMs": step,
            "maxDataPoints": source.width,
        }
        for target in source.targets
    ]
    return {"queries": queries, "from": str(start), "to": str(end)}


def send(api: GrafanaApi, body: Mapping[str, Any]) -> tuple[QueryAnswer, ...]:
    """Query, and return an answer for each query. Raises `BuildError` where Grafana does not answer, or refuses the
    token."""
    answer = api.post("/api/ds/query", body, ANSWERED)
    results = answer.data.get("results") if isinstance(answer.data, dict) else None
    return tuple(
        _answer(api, query["refId"], answer, results.get(query["refId"]) if isinstance(results, dict) else None)
        for query in body["queries"]
    )


def _answer(api: GrafanaApi, ref_id: str, answer: Answer, result: Any) -> QueryAnswer:
    if not isinstance(result, dict):
        reason = f"Grafana answers {answer.status}: {answer.message}" if answer.status != 200 else "it has no answer"
        return QueryAnswer(ref_id, api.public(reason), False)
    status = result.get("status", 200)
    error = result.get("error") or ("" if status in (200, None) else f"status {status}")
    frames = result.get("frames") or ()
    return QueryAnswer(ref_id, api.public(str(error)), any(_has_values(frame) for frame in frames))


def _has_values(frame: Any) -> bool:
    """Whether a frame has a row: each of its columns is a list."""
    data = frame.get("data") if isinstance(frame, dict) else None
    return isinstance(data, dict) and any(data.get("values") or ())


def time_range_of(model: Mapping[str, Any], now: float) -> TimeRange:
    """The time range that a dashboard opens with, at a time in seconds since 1970."""
    matched = RELATIVE_TIME.fullmatch(model["time"]["from"])
    length = int(matched[1]) * SECONDS[matched[2]] if matched else SECONDS["h"]
    return round(1_000 * (now - length)), round(1_000 * now)
