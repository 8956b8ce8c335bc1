"""The files of the gateway for a machine: the Collector, nginx, a tunnel, and Prometheus' own protection."""

from __future__ import annotations

from generator.dsl.backend import OutputPart
from generator.dsl.contract import Contract
from generator.dsl.platform import Platform
from generator.output import gateway_path
from generator.rendering.gateway.contract_filter import contract_filter
from generator.rendering.templates import render

PUSH_PORT, METRICS_PORT = 4318, 8888
"""Where the Collector takes pushes, and where it has its own metrics."""
PUSH_PATH = "/v1/metrics"
PROMETHEUS_PATH = "/api/v1/otlp"
MAX_PUSH_MIB = 16
"""The largest push: a shard sends at most 10,000 series at once."""
MEMORY_MIB = 512
"""What the Collector may use; it refuses pushes from four fifths of it."""
TEMPLATES = ("collector.yaml", "nginx.conf", "cloudflared.yaml", "web.yaml")


def gateway(platform: Platform, contract: Contract) -> dict[str, str]:
    """The files of `out/gateway`, by path, where the backend is Prometheus. They name the files of secrets, never the
    secrets."""
    if not platform.backend.has(OutputPart.PROMETHEUS_CONFIG):
        return {}
    values = {
        "conditions": contract_filter(platform, contract),
        "push_port": PUSH_PORT,
        "metrics_port": METRICS_PORT,
        "push_path": PUSH_PATH,
        "prometheus_path": PROMETHEUS_PATH,
        "max_push_mib": MAX_PUSH_MIB,
        "memory_mib": MEMORY_MIB,
    }
    return {gateway_path(name): render(f"gateway/{name}.j2", **values) for name in TEMPLATES}
