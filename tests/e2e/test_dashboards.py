"""Every query of every dashboard has a result."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generator.ir.build import Compiled
from generator.promql.grafana_variables import filled
from tests.e2e.end_to_end_run import EndToEndRun
from tests.e2e.workload import FAILING_TENANT

NO_SERVER = "the tests' Prometheus is not at the address that the shipped configuration scrapes"
WITHOUT_DATA = {
    "ai: Tokens without price, last 1 h": "every model of the workload has a price",
    "ai: Tool calls and fallbacks, 5 min": "no model of the workload asks for a tool or has a fallback",
    "ai: Retries by model, 5 min": "the workload asks no model again",
    "ai: Fallbacks by model asked first, 5 min": "no model of the workload has a fallback",
    "ai: Cut and withheld answers, 5 min": "no answer of the workload is withheld",
    "ai: Blocked by guardrails, 5 min": "the workload has no guardrail",
    "ai: Images by model, 5 min": "no model of the workload makes images",
    "ai: Calls without any tokens": "tokens of all models arrive",
    "overview: Change of cost in a week": "the workload has no week before",
    "storage: Change of cost in a week": "the workload has no week before",
    "tenant: Change of cost in a week": "the workload has no week before",
    "storage: KV lists and deletes": "the example neither lists nor deletes keys",
    "storage: Durable Object alarms": "the example's object has no alarm",
    "storage: Durable Object rows read": "the example's object has no SQL",
    "tenant: Storage calls": "the example neither lists nor deletes keys",
    "overview: Rule evaluations failed": NO_SERVER,
    "overview: Rule evaluations missed": NO_SERVER,
    "overview: Alerts not delivered": NO_SERVER,
    "overview: Notifications failed": NO_SERVER,
    "overview: Requests without latency": "all requests have a latency",
    "overview: Latency by route, p95": "the SLOs are far above the latency, and their lines are not drawn",
    "tenant: Latency by route, p95": "the SLOs are far above the latency, and their lines are not drawn",
    "tenant: Slow requests by route": "no request is slow: longer windows and the threshold show nothing",
    "tenant: Error rate by route": "an hour and six hours show something only where they may decide",
    "tenant: Failed calls by model": "an hour and six hours show something only where they may decide",
    "tenant: Failed calls by store": "an hour and six hours show something only where they may decide",
    "overview: Failing tenants and since when": "all tickets have ended, or those of some kinds never fired",
    "tenant: Token forecast, 24 h": "the budget is far above the forecast",
    "tenant: Cost forecast, 24 h": "the budget is far above the forecast",
    "overview: Forecast of 24 h": "the budget is far above the forecast",
    "overview: Forecast of this month": "the budget is far above the forecast",
    "storage: Forecast of this month": "the budget is far above the forecast",
    "ai: Forecast of this month": "the budget is far above the forecast",
    "tenant: Forecast of this month": "the budget is far above the forecast",
}
"""Panels of which a query has no result, with the reason."""
WINDOWS = {"$__rate_interval": "1m", "$__interval": "1m", "$__range": "3m"}


def queries(dashboard: Any) -> Iterator[tuple[str, str]]:
    """Yield the panel title and the expression of each query."""
    for panel in dashboard["panels"]:
        yield from queries({"panels": panel.get("panels", [])})
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]


def interpolate(expression: str, variables: list[str]) -> str:
    """Return an expression as Grafana sends it, with one tenant selected, and All for the other variables."""
    for name in variables:
        if name != "tenant":
            expression = expression.replace(f"${{{name}:regex}}", ".*")
    for placeholder, window in WINDOWS.items():
        expression = expression.replace(placeholder, window)
    return filled(expression, {"tenant": [FAILING_TENANT]})


def test_every_query_has_a_result(run: EndToEndRun, built: tuple[Compiled, Path]) -> None:
    """During traffic, errors and alerts no panel of the built dashboards shows "No data", but those that are rightly
    empty.

    The colours of a tenant's error rate are three queries, and one of them has a result."""
    coloured: list[bool] = []
    empty, count = set(), 0
    for file in sorted((built[1] / "grafana" / "dashboards").glob("*.json")):
        dashboard = json.loads(file.read_text(encoding="utf-8"))
        variables = [variable["name"] for variable in dashboard["templating"]["list"]]
        for title, expression in queries(dashboard):
            count += 1
            values = run.prometheus.values(interpolate(expression, variables), run.during_failure)
            if file.stem == "tenant" and ":error_share:limit{" in expression:
                coloured.append(bool(values))
            elif not values:
                empty.add(f"{file.stem}: {title}")
    assert count > 50
    assert any(coloured)
    assert empty - WITHOUT_DATA.keys() == set()
