"""Grafana's own SDK reads the dashboards back: what it loses is known, and why."""

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
    "/annotations/list/*/step": "the SDK has no words for Prometheus' annotation queries; Grafana reads them",
    "/annotations/list/*/tagKeys": "the same",
    "/annotations/list/*/textFormat": "the same",
    "/annotations/list/*/titleFormat": "the same",
}
"""What we write and the SDK does not give back. None of it is a defect of ours."""

ADDED = {
    "/annotations/list/*/builtIn": "the SDK writes its default, 0: not built in",
    "/fiscalYearStartMonth": "its default: January",
    "/panels/*/options/footer/countRows": "its default: a table has no footer; Grafana 12.2 has no such option",
    "/panels/*/options/footer/reducer": "the same",
    "/panels/*/options/footer/show": "the same",
    "/panels/*/options/frameIndex": "its default: the first table of the answer; ours is one, joined",
    "/panels/*/options/selectionMode": "its default",
    "/panels/*/options/showTypeIcons": "its default",
    "/panels/*/repeatDirection": "its default: no panel of ours repeats",
    "/panels/*/transparent": "its default",
    "/templating/list/*/allowCustomValue": "its default: a tenant that the list lacks can be typed in",
    "/templating/list/*/auto": "its default, for variables of intervals alone",
    "/templating/list/*/auto_count": "the same",
    "/templating/list/*/auto_min": "the same",
    "/templating/list/*/skipUrlSync": "its default: variables stand in the URL, which links need",
    "/timepicker/hidden": "its default",
}
"""What the SDK writes and we leave to Grafana's defaults, which are the same."""


def metric_queries(node: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """The values of a document that hold no others, by their JSON pointers."""
    if isinstance(node, dict) and node:
        for name, value in node.items():
            yield from metric_queries(value, f"{pointer}/{name}")
    elif isinstance(node, list) and node:
        for index, value in enumerate(node):
            yield from metric_queries(value, f"{pointer}/{index}")
    else:
        yield pointer, node


def differences(read: dict[str, Any]) -> tuple[set[str], set[str]]:
    """What the SDK loses or changes of a dashboard, and what it adds: pointers, with a star for a place in a list."""
    register_default_plugins()
    ours = dict(metric_queries(read))
    theirs = dict(metric_queries(json.loads(json.dumps(Dashboard.from_json(read), cls=JSONEncoder))))
    lost = {pointer for pointer, value in ours.items() if pointer not in theirs or theirs[pointer] != value}
    return starred(lost), starred(set(theirs) - set(ours))


def starred(pointers: set[str]) -> set[str]:
    """Pointers with a star for a place in a list."""
    return {re.sub(r"/\d+(?=/|$)", "/*", pointer) for pointer in pointers}


def test_the_second_reader_reads_every_kind_of_panel() -> None:
    """Of the sample, which has all kinds, the SDK loses and adds what is listed, to the letter: no list is stale."""
    assert differences(sample()) == (set(LOST), set(ADDED))


@pytest.mark.parametrize("name", shipped())
def test_the_second_reader_reads_what_is_shipped(name: str) -> None:
    """Of a dashboard in `out/`, the SDK loses and adds nothing that is not listed."""
    lost, added = differences(json.loads(shipped()[name]))
    assert (lost - set(LOST), added - set(ADDED)) == (set(), set())


def test_the_second_reader_sees_an_unknown_option() -> None:
    """An option that Grafana's panel does not have is lost by the SDK, so a misspelt one of ours is seen."""
    read = sample()
    stat = next(one for one in read["panels"] if one["type"] == "stat")
    stat["options"]["colourMode"] = "value"
    assert differences(read)[0] - set(LOST) == {"/panels/*/options/colourMode"}


@pytest.mark.skipif(not FOLDER.exists(), reason="nothing is built yet")
def test_all_four_dashboards_are_shipped() -> None:
    """Where `out/` has dashboards, it has the plan's four: the tests above looked at each."""
    assert {"overview", "tenant", "ai", "storage"} <= set(shipped())
