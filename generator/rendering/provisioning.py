"""The configuration files of Grafana and Prometheus."""

from __future__ import annotations

from generator.output import DASHBOARD_PROVIDER, DATASOURCE, PROMETHEUS_CONFIG
from generator.rendering.templates import render

GRAFANA_FOLDER = "Workers AI"
"""The folder of the dashboards in Grafana."""


def provisioning() -> dict[str, str]:
    """Grafana's data source and dashboard provider, and Prometheus' configuration. They are the same for all platforms:
    Grafana reads the URL of Prometheus from its environment."""
    return {
        DATASOURCE: render("datasource.yaml.j2"),
        DASHBOARD_PROVIDER: render("dashboard_provider.yaml.j2", folder=GRAFANA_FOLDER),
        PROMETHEUS_CONFIG: render("prometheus.yaml.j2"),
    }
