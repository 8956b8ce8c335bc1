"""The Compose file: the flags of Prometheus' file, mounts that follow the platform, and nothing but loopback."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import yaml

from generator.dsl.platform import GrafanaSettings, Platform
from generator.dsl.receivers import MailServer
from generator.dsl.units import days
from generator.output import COMPOSE, PROMETHEUS_CONFIG
from generator.rendering.compose import compose
from generator.rendering.provisioning import provisioning
from tests.rendering.platform_by_hand import platform_by_hand


def services_of(platform: Platform) -> Any:
    """The services of a platform's Compose file."""
    return yaml.safe_load(compose(platform)[COMPOSE])["services"]


def test_prometheus_has_the_flags_that_its_file_asks_for() -> None:
    """Every flag in the comment of `prometheus.yaml` is in the command."""
    platform = replace(platform_by_hand(worker_api=("/chat",)), retention=days(90))
    lines = provisioning(platform)[PROMETHEUS_CONFIG].splitlines()
    wanted = {line.split()[1] for line in lines if line.startswith("#   --")}
    assert len(wanted) == 3
    assert wanted <= set(services_of(platform)["prometheus"]["command"])


def test_every_port_is_on_loopback() -> None:
    """No server can be reached from another machine."""
    ports = [port for service in services_of(platform_by_hand()).values() for port in service["ports"]]
    assert len(ports) == 3
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_each_folder_of_secrets_is_a_volume() -> None:
    """Secrets are in volumes, never in a file of `out/`."""
    platform = replace(
        platform_by_hand(),
        dead_man_url_file="/etc/alertmanager/secrets/url",
        mail_server=MailServer("a@example.com", "mail:25", "a", "/run/mail/password"),
    )
    document = yaml.safe_load(compose(platform)[COMPOSE])
    volumes = document["services"]["alertmanager"]["volumes"]
    expected = {"etc-alertmanager-secrets": "/etc/alertmanager/secrets", "run-mail": "/run/mail"}
    assert volumes[-2:] == [f"{name}:{folder}" for name, folder in expected.items()]
    assert expected.keys() <= document["volumes"].keys()


def test_dashboards_are_mounted_where_the_provider_reads_them() -> None:
    """The folder is that of the platform's provider; without classic files there is none to mount."""
    staging = replace(platform_by_hand(), name="staging")
    (provider,) = (text for path, text in provisioning(staging).items() if "/dashboards/" in path)
    folder = yaml.safe_load(provider)["providers"][0]["options"]["path"]
    assert f"./grafana/dashboards:{folder}:ro" in services_of(staging)["grafana"]["volumes"]
    resources = replace(staging, grafana=GrafanaSettings(formats=("v2",)))
    assert not [each for each in services_of(resources)["grafana"]["volumes"] if "dashboards" in each]
