"""Dashboards as resources of Grafana's API, for Git Sync, gcx and other clients of `dashboard.grafana.app`.

`v1beta1` wraps the classic model. `v2beta1` and `v2` have a model of their own, which differs in transformations alone.
A folder of resources has a `_folder.json`, so that Git Sync gives the folder its title and a UID that does not follow
from its path.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from generator.dsl.platform import CLASSIC, V1BETA1, GrafanaSettings
from generator.output import resource_path
from generator.rendering.grafana.defaults import Json
from generator.rendering.grafana.v2 import spec_v2
from generator.rendering.json_text import json_text
from generator.rendering.provisioning import folder_uid

FOLDER = "_folder"


def resources(dashboards: Mapping[str, str], settings: GrafanaSettings) -> dict[str, str]:
    """The files of every format but the classic one, by their paths, from the classic texts by the dashboards' ids."""
    uid = folder_uid(settings.folder)
    files: dict[str, Json] = {}
    for version in (each for each in settings.formats if each != CLASSIC):
        files[resource_path(version, FOLDER)] = _folder(uid, settings.folder)
        for id_, text in dashboards.items():
            files[resource_path(version, id_)] = _resource(version, json.loads(text), uid)
    return dict(_texts(files))


def _texts(files: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    for path, document in files.items():
        text = json_text(document, sort_keys=True).replace("</", "<\\/").replace("<!--", "\\u003c!--")
        yield path, text + "\n"


def _folder(uid: str, title: str) -> Json:
    metadata = {"name": uid}
    return {
        "apiVersion": "folder.grafana.app/v1beta1",
        "kind": "Folder",
        "metadata": metadata,
        "spec": {"title": title},
    }


def _resource(version: str, board: Json, folder: str) -> Json:
    """A dashboard as a resource. Its UID is the resource's name."""
    classic: dict[str, Any] = {name: value for name, value in board.items() if name != "uid"}
    return {
        "apiVersion": f"dashboard.grafana.app/{version}",
        "kind": "Dashboard",
        "metadata": {"name": board["uid"], "annotations": {"grafana.app/folder": folder}},
        "spec": classic if version == V1BETA1 else spec_v2(board, version),
    }
