"""Messages have their text in both layouts: templates beside the configuration, and in prometheus-operator's folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.definitions import load_definitions
from generator.dsl.receivers import Discord, Owner, Webhook
from generator.lowering.lower import lower
from generator.rendering.alertmanager import TEMPLATE_FILES, alertmanager
from generator.rendering.kubernetes import Rendered, kubernetes
from tests.rendering.fake_receivers import inbox
from tests.rendering.kubernetes.parsed_objects import GATEWAY
from tests.rendering.platform_by_hand import platform_by_hand
from tests.rendering.running_alertmanager import running

OPERATOR_FOLDER = "/etc/alertmanager/config"
"""Where prometheus-operator mounts the Secret of the configuration; its copy of the configuration is elsewhere."""


def alert() -> dict[str, Any]:
    """A page that is sent at once, because it fires for longer than the group wait."""
    labels = {"alertname": "RouteDown", "severity": "page", "owner": "ops", "route": "/chat"}
    annotations = {"summary": "/chat is down.", "description": "60% of requests fail."}
    return {"labels": labels, "annotations": annotations, "startsAt": "2026-11-01T03:00:00Z"}


def secret_files_of(texts: Mapping[str, str]) -> dict[str, str]:
    """The files of the Secret from which prometheus-operator starts Alertmanager. It mounts them, and starts it with a
    copy of the configuration, read and written again, in another folder."""
    secret = yaml.safe_load(texts["kubernetes/servers/alertmanager-configuration.yaml"])
    files: dict[str, str] = secret["stringData"]
    return files


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files into a folder."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("layout", ["files", "prometheus-operator", "compose"])
def test_a_page_arrives_with_its_text(layout: str, alertmanager_path: Path, tmp_path: Path) -> None:
    """The title is the summary, whether the templates are beside the configuration or in the operator's folder. With
    Compose both are in that folder, so that the templates are read twice."""
    mounted, copied = tmp_path / "config", tmp_path / "config_out"
    for folder in (mounted, copied):
        folder.mkdir()
    with inbox() as received:
        (tmp_path / "url").write_text(received.url("discord"), encoding="utf-8")
        ops = Owner("ops", (Discord(str(tmp_path / "url")),), (Webhook(str(tmp_path / "url")),))
        platform = replace(
            platform_by_hand(worker_api=("/chat",)), default_owner=ops, dead_man_url_file=str(tmp_path / "url")
        )
        notifications = alertmanager(lower(platform, load_definitions()))
        if layout != "prometheus-operator":
            names = {Path(path).name: text for path, text in notifications.items()}
            both = {"files": OPERATOR_FOLDER, "compose": str(copied)}[layout]
            write(copied, {name: text.replace(OPERATOR_FOLDER, both) for name, text in names.items()})
        else:
            files = secret_files_of(kubernetes(platform, Rendered({}, [], notifications, GATEWAY)))
            # The folder of a cluster, which a test cannot write.
            files = {name: text.replace(OPERATOR_FOLDER, str(mounted)) for name, text in files.items()}
            write(mounted, files)
            write(copied, {"alertmanager.yaml": yaml.safe_dump(yaml.safe_load(files["alertmanager.yaml"]))})
        with running(alertmanager_path, copied / "alertmanager.yaml", tmp_path) as alertmanager_:
            alertmanager_.post([alert()])
            received.wait_until(lambda: bool(received.of("discord")), "no page arrived")
    assert received.of("discord")[0].document["embeds"][0]["title"] == "/chat is down."


def test_the_operators_folder_is_in_the_configuration() -> None:
    """The test above replaces the folder that is meant."""
    assert f"{OPERATOR_FOLDER}/notifications.tmpl" in TEMPLATE_FILES
