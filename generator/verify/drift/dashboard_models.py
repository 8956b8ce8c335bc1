"""Dashboards, their folder and their data source in a Grafana, and those that a build has written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.output import DASHBOARD_PROVIDERS_FOLDER, DATASOURCE
from generator.verify.conformance.grafana_api import NOT_GRAFANA
from generator.verify.conformance.saved_model import differences as model_differences
from generator.verify.conformance.server import SUPPORTED, grafana_version
from generator.verify.conformance.shipped_output import read_output
from generator.verify.drift.difference import Difference, missing_values
from generator.verify.json_api import JsonApi, path_segment

Model: TypeAlias = Mapping[str, Any]

SERVER = "Grafana"
PRESENT = (200, 404)
READABLE = (200, 403, 404)
"""A token may read dashboards without permission for data sources."""
BUILD_HINT = "build the output, or give its folder: --out FOLDER"
FROM_ENVIRONMENT = "$__env{"


@frozen
class BuiltDashboards:
    """The models by their UIDs; the UID and the title of their folder; data sources by their UIDs."""

    models: Mapping[str, Model]
    folder: str
    folder_title: str
    data_sources: Mapping[str, Model]


def built_dashboards(out: Path) -> BuiltDashboards:
    """What a build has written for Grafana. Raises `BuildError` where it cannot be read."""
    models = read_output(out).dashboards
    path = out / DATASOURCE
    try:
        sources = {each["uid"]: each for each in yaml.safe_load(path.read_text(encoding="utf-8"))["datasources"]}
        path = next(iter(sorted((out / DASHBOARD_PROVIDERS_FOLDER).glob("*.yaml"))), out / DASHBOARD_PROVIDERS_FOLDER)
        provider = yaml.safe_load(path.read_text(encoding="utf-8"))["providers"][0]
        return BuiltDashboards(models, provider["folderUid"], provider["folder"], sources)
    except (OSError, TypeError, LookupError, ValueError, yaml.YAMLError) as error:
        raise BuildError([Problem(str(path), f"it is not a file of a build ({error})", BUILD_HINT)]) from None


def compare_dashboards(api: JsonApi, expected: BuiltDashboards) -> tuple[str, list[Difference]]:
    """Return the version of a Grafana, and where it differs. Raises `BuildError`: it is none."""
    version = grafana_version(api)
    try:
        differences = [*_compare(api, expected, version)]
    except (TypeError, LookupError, AttributeError):
        raise BuildError([Problem(api.url, "it answers in an unknown form", NOT_GRAFANA)]) from None
    return version, differences


def _compare(api: JsonApi, expected: BuiltDashboards, version: str) -> Iterator[Difference]:
    if not SUPPORTED.has(version):
        yield Difference(SERVER, "server", f"version {version} is none of {SUPPORTED}")
    yield from _compare_folder(api, expected)
    for uid, model in expected.models.items():
        yield from _compare_dashboard(api, uid, model, expected)
    for entry in api.get("/api/search", type="dash-db", folderUIDs=expected.folder).data:
        if entry["uid"] not in expected.models:
            where = f'dashboard "{api.public(str(entry["title"]))}"'
            yield Difference(SERVER, where, f'it is in the folder "{expected.folder_title}"; no build wrote it')
    for uid, source in expected.data_sources.items():
        yield from _compare_data_source(api, uid, source)


def _compare_folder(api: JsonApi, expected: BuiltDashboards) -> Iterator[Difference]:
    answer = api.get(f"/api/folders/{path_segment(expected.folder)}", PRESENT)
    where = f'folder "{expected.folder_title}"'
    if answer.status not in PRESENT[:1]:
        yield Difference(SERVER, where, f'there is no folder with the UID "{expected.folder}"')
    elif answer.data["title"] != expected.folder_title:
        yield Difference(SERVER, where, f'its title is "{api.public(str(answer.data["title"]))}"')


def _compare_dashboard(api: JsonApi, uid: str, model: Model, expected: BuiltDashboards) -> Iterator[Difference]:
    where = f'dashboard "{model["title"]}"'
    answer = api.get(f"/api/dashboards/uid/{path_segment(uid)}", PRESENT)
    if answer.status not in PRESENT[:1]:
        yield Difference(SERVER, where, f'there is no dashboard with the UID "{uid}"')
        return
    saved, folder = answer.data["dashboard"], answer.data["meta"].get("folderUid")
    if folder != expected.folder:
        yield Difference(SERVER, where, f'its folder has the UID "{folder}", not "{expected.folder}"')
    for what in model_differences(model, saved):
        yield Difference(SERVER, where, what.removeprefix("it "))


def _compare_data_source(api: JsonApi, uid: str, source: Model) -> Iterator[Difference]:
    where = f'data source "{source["name"]}"'
    answer = api.get(f"/api/datasources/uid/{path_segment(uid)}", READABLE)
    if answer.status == READABLE[1]:
        yield Difference(SERVER, where, "the token may not read data sources, so it is not compared")
        return
    if answer.status not in READABLE[:1]:
        yield Difference(SERVER, where, f'there is no data source with the UID "{uid}"')
        return
    wanted = {name: source[name] for name in ("name", "type", "access", "jsonData") if name in source}
    url = str(source.get("url", ""))
    wanted |= {"url": url} if url and not url.startswith(FROM_ENVIRONMENT) else {}
    for what in missing_values(wanted, answer.data):
        yield Difference(SERVER, where, what)
