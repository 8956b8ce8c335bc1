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

WITHOUT_DATA = "ai: Tokens without price"
"""Every model of the workload has a price."""
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
    """During traffic, errors and alerts no panel of the built dashboards shows "No data".

    The colours of a tenant's error rate are three queries, and one of them has a result."""
    empty, coloured, count = [], [], 0
    for file in sorted((built[1] / "grafana" / "dashboards").glob("*.json")):
        dashboard = json.loads(file.read_text(encoding="utf-8"))
        variables = [variable["name"] for variable in dashboard["templating"]["list"]]
        for title, expression in queries(dashboard):
            count += 1
            values = run.prometheus.values(interpolate(expression, variables), run.during_failure)
            if file.stem == "tenant" and ":error_share:limit{" in expression:
                coloured.append(bool(values))
            elif not values:
                empty.append(f"{file.stem}: {title}: {expression}")
    empty = [each for each in empty if not each.startswith(WITHOUT_DATA)]
    assert count > 50
    assert any(coloured)
    assert empty == []
