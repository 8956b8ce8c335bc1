"""Queries to the data source that the reader picks."""

from __future__ import annotations

from grafanalib.core import Target

from generator.ir.dashboard import QueryTarget
from generator.rendering.promql import text

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
BY_LABELS = "__auto"
"""Grafana's word for a line that is called by the labels in which it differs from the others."""


def queries(targets: tuple[QueryTarget, ...]) -> list[Target]:
    """The targets of a panel, in their order."""
    return [
        Target(
            refId=one.ref,
            expr=text(one.expression),
            legendFormat=one.legend or BY_LABELS,
            format=one.format.value,
            instant=one.instant,
            datasource=DATASOURCE,
        )
        for one in targets
    ]
