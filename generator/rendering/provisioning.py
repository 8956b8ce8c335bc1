"""What Grafana and Prometheus themselves are started with."""

from __future__ import annotations

from generator.rendering.kubernetes import FOLDER
from generator.rendering.templates import render
from generator.rendering.yaml_text import scalar


def provisioning() -> dict[str, str]:
    """Grafana's data source and dashboard provider, and Prometheus' configuration. They are the same for all platforms:
    Grafana itself fills in where Prometheus is, from its own environment."""
    return {
        "grafana/provisioning/datasources/prometheus.yaml": render("datasource.yaml.j2"),
        "grafana/provisioning/dashboards/workers-ai.yaml": render(
            "dashboard_provider.yaml.j2", folder=FOLDER, scalar=scalar
        ),
        "prometheus/prometheus.yaml": render("prometheus.yaml.j2"),
    }
