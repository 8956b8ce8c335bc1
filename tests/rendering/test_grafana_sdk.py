"""Grafana's SDK reads the dashboards and writes them back: all differences are listed with their reasons."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from tests.rendering.shipped_dashboards import FOLDER, sample, shipped

LOST = {
    "/annotations/list/*/step": "the SDK lacks the options of Prometheus annotations; Grafana reads them",
    "/annotations/list/*/tagKeys": "the same",
    "/annotations/list/*/target/expr": "the SDK has the target of Grafana's own annotations alone",
    "/annotations/list/*/target/interval": "the same",
    "/annotations/list/*/target/refId": "the same",
    "/annotations/list/*/textFormat": "the same",
    "/annotations/list/*/titleFormat": "the same",
    "/panels/*/fieldConfig/defaults/custom/footer/reducers": "the SDK has the footer of Grafana 12.1",
    "/panels/*/fieldConfig/defaults/custom/showValues": "the SDK lacks an option of Grafana 12.3",
}
"""Properties that the generator writes and the SDK loses. None of them is an error."""

ADDED = {
    "/annotations/list/*/builtIn": "its default: 0, not built in",
    "/annotations/list/*/target/limit": "its default for Grafana's own annotations",
    "/annotations/list/*/target/matchAny": "the same",
    "/annotations/list/*/target/tags": "the same",
    "/annotations/list/*/target/type": "the same",
    "/fiscalYearStartMonth": "its default: January",
    "/panels/*/options/footer/countRows": "its default: a table has no footer; Grafana 12.2 has no such option",
    "/panels/*/options/footer/reducer": "the same",
    "/panels/*/options/footer/show": "the same",
    "/panels/*/options/frameIndex": "its default: the first result; a table has one joined result",
    "/panels/*/options/selectionMode": "its default",
    "/panels/*/options/showTypeIcons": "its default",
    "/panels/*/repeatDirection": "its default: no panel repeats",
    "/panels/*/transparent": "its default",
    "/templating/list/*/allowCustomValue": "its default: readers can type in a tenant that the list lacks",
    "/templating/list/*/auto": "its default, only for interval variables",
    "/templating/list/*/auto_count": "the same",
    "/templating/list/*/auto_min": "the same",
    "/templating/list/*/skipUrlSync": "its default: variables are in the URL, as links need them",
    "/timepicker/hidden": "its default",
}
"""Properties that the SDK adds. The generator leaves them to Grafana, which has the same defaults."""


def values(node: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """The scalar values and empty containers of a JSON document, by their JSON pointers."""
    if isinstance(node, dict) and node:
        for name, value in node.items():
            yield from values(value, f"{pointer}/{name}")
    elif isinstance(node, list) and node:
        for index, value in enumerate(node):
            yield from values(value, f"{pointer}/{index}")
    else:
        yield pointer, node


def differences(dashboard_json: dict[str, Any]) -> tuple[set[str], set[str]]:
    """The JSON pointers of what the SDK loses or changes in a dashboard, and of what it adds; a star is any index."""
    register_default_plugins()
    ours = dict(values(dashboard_json))
    theirs = dict(values(json.loads(json.dumps(Dashboard.from_json(dashboard_json), cls=JSONEncoder))))
    lost = {pointer for pointer, value in ours.items() if pointer not in theirs or theirs[pointer] != value}
    return starred(lost), starred(set(theirs) - set(ours))


def starred(pointers: set[str]) -> set[str]:
    """Pointers with stars instead of list indices."""
    return {re.sub(r"/\d+(?=/|$)", "/*", pointer) for pointer in pointers}


def test_the_sdk_reads_every_panel_type() -> None:
    """Of the sample, which has all panel types, the SDK loses and adds exactly what is listed."""
    assert differences(sample()) == (set(LOST), set(ADDED))


@pytest.mark.parametrize("id_", shipped())
def test_the_sdk_reads_the_shipped_dashboards(id_: str) -> None:
    """Of the dashboards in `out/`, the SDK loses and adds only what is listed."""
    lost, added = differences(json.loads(shipped()[id_]))
    assert (lost - set(LOST), added - set(ADDED)) == (set(), set())


def test_the_sdk_loses_an_unknown_option() -> None:
    """The SDK loses an option that Grafana's panel does not have, so these tests find a misspelt option."""
    parsed = sample()
    stat = next(node for node in parsed["panels"] if node["type"] == "stat")
    stat["options"]["colourMode"] = "value"
    assert differences(parsed)[0] - set(LOST) == {"/panels/*/options/colourMode"}


@pytest.mark.skipif(not FOLDER.exists(), reason="out/ is not built")
def test_all_four_dashboards_are_shipped() -> None:
    """If `out/` has dashboards, they include the plan's four, so the tests above cover them."""
    assert {"overview", "tenant", "ai", "storage"} <= set(shipped())
