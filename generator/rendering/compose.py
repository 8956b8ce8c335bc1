"""A Compose file that starts Prometheus, Alertmanager and Grafana on one machine, with `out/` mounted."""

from __future__ import annotations

from generator.dsl.backend import OutputPart
from generator.dsl.platform import CLASSIC, Platform
from generator.external.tool import ALERTMANAGER, PROMETHEUS
from generator.lowering.ids import PREFIX
from generator.output import COMPOSE
from generator.rendering.overrides_file import SERVER_PORT, WEB_SERVER
from generator.rendering.prometheus_flags import prometheus_flags
from generator.rendering.provisioning import provider_name
from generator.rendering.secret_files import secret_folders
from generator.rendering.templates import render

GRAFANA_VERSION = "12.3.0"
"""The version that the dashboards were tried with."""
PROMETHEUS_FILES = ("--config.file=/etc/prometheus/prometheus.yaml", "--storage.tsdb.path=/prometheus")
ALERTMANAGER_FLAGS = (
    "--config.file=/etc/alertmanager/config/alertmanager.yaml",
    "--storage.path=/alertmanager",
    "--cluster.listen-address=",
)
"""The configuration is not in /etc/alertmanager: Docker cannot mount the folder of the secrets below one that is
mounted read only. The templates are found there, as in prometheus-operator's layout."""


def compose(platform: Platform) -> dict[str, str]:
    """The Compose file, whose ports are on loopback, with a volume for each folder of secrets, which is empty.
    Other backends than Prometheus are started by the pages of docs/backends."""
    if not platform.backend.has(OutputPart.PROMETHEUS_CONFIG):
        return {}
    folders = [str(folder) for folder in secret_folders(platform)]
    return {
        COMPOSE: render(
            "compose.yaml.j2",
            project=provider_name(platform),
            prefix=PREFIX,
            prometheus=f"prom/prometheus:v{PROMETHEUS.version}",
            alertmanager=f"prom/alertmanager:v{ALERTMANAGER.version}",
            grafana=f"grafana/grafana:{GRAFANA_VERSION}",
            prometheus_flags=(*PROMETHEUS_FILES, *(flag.text for flag in prometheus_flags(platform))),
            alertmanager_flags=ALERTMANAGER_FLAGS,
            secrets={folder.strip("/").replace("/", "-"): folder for folder in folders},
            overrides=WEB_SERVER if platform.scrapes_overrides else "",
            overrides_port=SERVER_PORT,
            has_dashboards=CLASSIC in platform.grafana.formats,
        )
    }
