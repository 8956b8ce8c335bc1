"""Every query of every dashboard answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generator.ir.build import Compiled
from generator.promql.grafana_variables import filled
from tests.e2e.drive import AlertTest
from tests.e2e.scenario import RUINED

WINDOWS = {"$__rate_interval": "1m", "$__interval": "1m", "$__range": "3m"}


def queries(board: Any) -> Iterator[tuple[str, str]]:
    """Each panel's title and query, with what a reader picks filled in: one tenant, and all of the rest."""
    for panel in board["panels"]:
        yield from queries({"panels": panel.get("panels", [])})
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]


def picked(expression: str, variables: list[str]) -> str:
    """A query as Grafana sends it."""
    for name in variables:
        if name != "tenant":
            expression = expression.replace(f"${{{name}:regex}}", ".*")
    for hole, window in WINDOWS.items():
        expression = expression.replace(hole, window)
    return filled(expression, {"tenant": [RUINED]})


def test_every_query_answers_with_data(story: AlertTest, built: tuple[Compiled, Path]) -> None:
    """As it stands in the dashboards' files, amid traffic, errors and alerts: no panel says "No data"."""
    empty, asked = [], 0
    for file in sorted((built[1] / "grafana" / "dashboards").glob("*.json")):
        board = json.loads(file.read_text(encoding="utf-8"))
        variables = [each["name"] for each in board["templating"]["list"]]
        for title, expression in queries(board):
            asked += 1
            if not story.prometheus.values(picked(expression, variables), story.amid):
                empty.append(f"{file.stem}: {title}: {expression}")
    assert asked > 50
    assert empty == []
