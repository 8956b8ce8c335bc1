"""The labels that a platform file adds: to metrics, and to alerts."""

from __future__ import annotations

from typing import Any

from generator.config.yaml_tree import KeyPath
from generator.dsl.platform import MetricLabel

METRIC_LABELS: KeyPath = ("metrics", "labels")
STATIC_LABELS: KeyPath = ("labels",)


def metric_labels_of(document: Any) -> dict[str, MetricLabel]:
    """Return the labels that the platform of a valid document adds to metrics, by name."""
    return {
        name: MetricLabel(tuple(label["values"]), tuple(label["metrics"]) if "metrics" in label else None)
        for name, label in document.get("metrics", {}).get("labels", {}).items()
    }
