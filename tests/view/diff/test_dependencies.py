"""What depends on a series: panels, alerts and alert tests, through recorded series."""

from __future__ import annotations

import json

from generator.promql.dependencies import Dependencies
from generator.view.diff.dependencies import Affected, dependencies_of, linked_panel, stored_series
from generator.view.diff.snapshot import RuleSnapshot, read_snapshot
from tests.view.diff.builds import REQUESTS, build


def test_the_closure_follows_recorded_series() -> None:
    """Names themselves, what they read, and what that reads; two series that read each other end."""
    dependencies = Dependencies({"a": frozenset({"b"}), "b": frozenset({"c", "a"}), "d": frozenset({"e"})})
    assert dependencies.closure(["a"]) == {"a", "b", "c"}
    assert dependencies.closure([]) == set()


def test_a_histogram_has_the_stored_names_of_its_type() -> None:
    """The contract's type decides, not the name: `jobs_count` is a gauge."""
    assert stored_series({"name": "latency_ms", "type": "histogram"}) == (
        "latency_ms_bucket",
        "latency_ms_sum",
        "latency_ms_count",
    )
    assert stored_series({"name": "jobs_count", "type": "gauge"}) == ("jobs_count",)


def test_a_panel_that_reads_buckets_depends_on_the_histogram() -> None:
    """A change of latency_ms affects it; a metric `jobs` does not, though the panel of `jobs_count` looks alike."""
    files = build(panel7="rate(latency_ms_bucket[5m])", panel9="jobs_count")
    metrics = [{"name": "latency_ms", "type": "histogram"}, {"name": "jobs_count", "type": "gauge"}]
    files["contract/metrics.json"] = json.dumps({"metrics": metrics})
    dependencies = dependencies_of(read_snapshot(files))
    assert dependencies.panels_reading({"latency_ms"}) == [REQUESTS]
    assert dependencies.affected_by_series({"jobs"}) == Affected()


def test_the_panel_of_an_alert_is_read_from_its_url() -> None:
    """With or without the prefix; a URL that opens no panel links to none."""

    def panel(url: str) -> int | None:
        return linked_panel(RuleSnapshot("Down", "up == 0", {"annotations": {"dashboard_url": url}}))

    assert panel('https://g/d/x?from={{ with query "(time() - 60) * 1000" }}{{ end }}&viewPanel=panel-12') == 12
    assert panel("https://g/d/x?viewPanel=12&orgId=1") == 12
    assert panel("https://g/d/x?other=viewPanel%3D12") is None
    assert linked_panel(RuleSnapshot("Down", "up == 0", {})) is None
