"""Small builds that the tests of reviews compare."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from generator.view.diff.pairs import Shot
from generator.view.diff.snapshot import Side, snapshot

BARE_RULES = """groups:
  - name: errors
    rules:
      - record: route:requests_total:increase5m
        expr: sum by (route) (increase(requests_total[5m]))
      - alert: HighErrorRate
        expr: errors_total / route:requests_total:increase5m > 0.05
        for: 5m
        labels: {severity: page, owner: platform}
"""
PANEL = "https://grafana.example/d/overview?viewPanel=panel-7"
RULES = f'{BARE_RULES}        annotations: {{dashboard_url: "{PANEL}", summary: Requests fail.}}\n'
"""The same, whose alert leads to a panel."""
REQUESTS = ("Overview", 7)
FIRING = ("Overview", 8)
TENANTS = ("Overview", 9)
QUERIES = {
    7: ("Requests", "sum(rate(requests_total[$__rate_interval]))"),
    8: ("Firing", 'count(ALERTS{alertstate="firing"})'),
    9: ("Tenants", "count(route:requests_total:increase5m)"),
}


def build(rules: str = RULES, metrics: tuple[str, ...] = ("requests_total",), **queries: str) -> dict[str, str]:
    """The files of a build; `panel7="…"` gives a panel another query, `panel7=""` takes it away."""
    panels: list[Mapping[str, Any]] = [{"type": "row", "title": "Now", "id": 1}]
    for number, (title, usual) in QUERIES.items():
        if query := queries.get(f"panel{number}", usual):
            panels.append({"id": number, "type": "timeseries", "title": title, "targets": [{"expr": query}]})
    return {
        "prometheus/rules/errors.yaml": rules,
        "grafana/dashboards/overview.json": json.dumps({"uid": "overview", "title": "Overview", "panels": panels}),
        "contract/metrics.json": json.dumps({"metrics": [{"name": name, "help": "All."} for name in metrics]}),
    }


def side(name: str, texts: Mapping[str, str]) -> Side:
    """A build as one of two."""
    return Side(name, texts, snapshot(texts))


def shot(picture: str, **rest: Any) -> Shot:
    """A panel's pictures: any letters of base64 will do."""
    return Shot(light=f"{picture}L", dark=f"{picture}D", width=520, height=300, **rest)
