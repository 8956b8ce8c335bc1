"""The versions of each server that the output is for."""

from __future__ import annotations

from generator.dsl.backends import PROMETHEUS_VERSIONS
from generator.dsl.supported_versions import SupportedVersions
from generator.external.tool import ALERTMANAGER
from generator.verify.conformance.server import SUPPORTED as SUPPORTED_GRAFANA

SUPPORTED = {
    "Prometheus": PROMETHEUS_VERSIONS,
    "Alertmanager": SupportedVersions(ALERTMANAGER.minimum_version, None, "the configuration is tested from there on"),
    "Grafana": SUPPORTED_GRAFANA,
}
"""By the name of the server."""
