"""Graphs at the shortest time ranges: their windows hold two samples, however seldom Workers push."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from contract import CONTRACT
from generator.definitions import load_definitions
from generator.dsl.metrics import Histogram
from generator.dsl.platform import Platform
from generator.dsl.units import seconds
from generator.external.promtool import Promtool
from generator.lowering.lower import lower
from generator.rendering import grafana
from generator.rendering.rule_files import rule_files, rules
from generator.rendering.worker_contract import emitted_metrics

UNIT_SECONDS = {"s": 1, "m": 60}
MOMENTS = (1200, 1215, 1230, 1245, 1259)
"""Seconds of the queries: at a push, between two, and just before the next."""


def rate_interval(min_step: str) -> int:
    """Grafana's `$__rate_interval` of a graph that is zoomed in so far that its step is the minimum step, in seconds:
    the larger of step + minimum step and four times the minimum step."""
    minimum = int(min_step[:-1]) * UNIT_SECONDS[min_step[-1]]
    return max(minimum + minimum, 4 * minimum)


def graph_queries(texts: dict[str, str], min_step: str | None) -> Iterator[tuple[str, str]]:
    """The graphs whose window follows from the step: dashboard and title, and the query as Prometheus gets it. All is
    selected, or the one tenant."""
    for name, text in texts.items():
        for panel in json.loads(text)["panels"]:
            for target in panel.get("targets", ()):
                if "$__rate_interval" not in target["expr"]:
                    continue
                window = f"{rate_interval(min_step or target['interval'])}s"
                query = target["expr"].replace("$__rate_interval", window).replace("${tenant:regex}", "acme")
                yield f"{name}/{panel['title']} {target['refId']}", re.sub(r"\$\{\w+:regex\}", ".*", query)


def input_series(platform: Platform) -> list[dict[str, str]]:
    """Two pushes a period of 60 s apart, for 21 minutes: every metric of the contract grows by 60 a minute."""
    services = [(service, routes[0]) for service, routes in platform.services.items()]
    values = {"tenant_id": "acme", "model": next(iter(platform.model_prices))}
    series: list[dict[str, str]] = []
    for metric in emitted_metrics(CONTRACT):
        for service, route in services:
            own = {**values, "service": service, "route": route}
            labels = {label.name: own.get(label.name) or label.listed[0] for label in metric.labels}
            bounds = [*map(str, metric.buckets), "+Inf"] if isinstance(metric, Histogram) else [None]
            name = f"{metric.name}_bucket" if isinstance(metric, Histogram) else metric.name
            for bound in bounds:
                pairs = {"platform": platform.name, **labels, **({"le": bound} if bound else {})}
                text = ",".join(f'{key}="{value}"' for key, value in pairs.items())
                series.append({"series": f"{name}{{{text}}}", "values": "0+60x21"})
    return series


def empty_graphs(platform: Platform, promtool: Promtool, folder: Path, min_step: str | None = None) -> set[str]:
    """The graphs of a platform that lack a point at one of the moments, by Prometheus' own engine. `min_step` replaces
    the one of each query."""
    lowered = lower(platform, load_definitions())
    files = rules(rule_files(lowered))
    for path, text in files.items():
        (folder / Path(path).name).write_text(text, encoding="utf-8")
    queries = list(graph_queries(grafana.dashboards(lowered.dashboards), min_step))
    assert len(queries) > 25
    expressions = [
        {"expr": f"group({query})", "eval_time": f"{moment}s", "exp_samples": [{"labels": "{}", "value": 1}]}
        for _, query in queries
        for moment in MOMENTS
    ]
    test = {"interval": "60s", "input_series": input_series(platform), "promql_expr_test": expressions}
    document = {"rule_files": [Path(path).name for path in files], "evaluation_interval": "30s", "tests": [test]}
    file = folder / "graphs.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    failures = "\n".join(promtool.test_rules([file]).results[0].failures)
    unquoted = " ".join(failures.replace("\\n", " ").replace('\\"', '"').split())
    empty = {name for name, query in queries if f'"group({" ".join(query.split())})"' in unquoted}
    assert bool(empty) == bool(failures), failures
    return empty


@pytest.fixture(scope="module")
def slow(platform: Platform) -> Platform:
    """The platform of the tests with a push every 60 s."""
    return replace(platform, push_interval=seconds(60), scrape_interval=seconds(60))


def test_zoomed_graphs_have_points_at_pushes_every_minute(slow: Platform, promtool: Promtool, tmp_path: Path) -> None:
    """A minimum step of 60 s makes every window at least 4 minutes long: each graph has a point at every moment."""
    assert empty_graphs(slow, promtool, tmp_path) == set()


def test_a_minimum_step_of_15_seconds_would_empty_them(slow: Platform, promtool: Promtool, tmp_path: Path) -> None:
    """A window of a minute holds one sample of a counter that is pushed every 60 s: graphs of selected tenants are
    empty."""
    empty = empty_graphs(slow, promtool, tmp_path, min_step="15s")
    assert "tenant/Requests by route A" in empty
    assert {name.partition("/")[0] for name in empty} == {"ai", "tenant"}
    assert len(empty) > 8
