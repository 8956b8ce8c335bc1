"""Small builds that the tests of `diff` compare."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from generator.view.diff.comparison import BuildChange, compare
from generator.view.diff.panel_pairs import PanelScreenshot
from generator.view.diff.snapshot import ComparedBuild, PanelKey, read_snapshot

RULES_WITHOUT_ANNOTATIONS = """groups:
  - name: errors
    rules:
      - record: route:requests_total:increase5m
        expr: sum by (route) (increase(requests_total[5m]))
      - alert: HighErrorRate
        expr: errors_total / route:requests_total:increase5m > 0.05
        for: 5m
        labels: {severity: page, owner: platform}
"""
PANEL_URL = "https://grafana.example/d/overview?from={{ time }}&viewPanel=panel-7"
RULES = f'{RULES_WITHOUT_ANNOTATIONS}        annotations: {{dashboard_url: "{PANEL_URL}", summary: Too many errors.}}\n'
"""The same rules; the alert links to a panel."""
ALERT_TESTS = """tests:
  - name: error_rate_rises
    alert_rule_test: [{eval_time: 5m, alertname: HighErrorRate, exp_alerts: []}]
"""
REQUESTS = PanelKey("Overview", 7)
FIRING = PanelKey("Overview", 8)
TENANTS = PanelKey("Overview", 9)
QUERIES = {
    7: ("Requests", "sum(rate(requests_total[$__rate_interval]))"),
    8: ("Firing", 'count(ALERTS{alertstate="firing"})'),
    9: ("Tenants", "count(route:requests_total:increase5m)"),
}


def build(rules: str = RULES, metrics: tuple[str, ...] = ("requests_total",), **queries: str) -> dict[str, str]:
    """The files of a build; `panel7="…"` gives a panel another query, `panel7=""` removes it."""
    panels: list[Mapping[str, Any]] = [{"type": "row", "title": "Now", "id": 1}]
    for number, (title, query) in QUERIES.items():
        if query := queries.get(f"panel{number}", query):
            panels.append({"id": number, "type": "timeseries", "title": title, "targets": [{"expr": query}]})
    return {
        "prometheus/rules/errors.yaml": rules,
        "grafana/dashboards/overview.json": json.dumps({"uid": "overview", "title": "Overview", "panels": panels}),
        "contract/metrics.json": json.dumps({"metrics": [{"name": name, "help": "All."} for name in metrics]}),
    }


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[BuildChange]:
    """The changes between two builds."""
    return compare(read_snapshot(before), read_snapshot(after))


def compared_build(name: str, files: Mapping[str, str]) -> ComparedBuild:
    """A build as one of two."""
    return ComparedBuild(name, files, read_snapshot(files))


def screenshot(picture: str, **options: Any) -> PanelScreenshot:
    """A panel's screenshots; any letters of base64 will do."""
    return PanelScreenshot(light=f"{picture}L", dark=f"{picture}D", width=520, height=300, **options)
