"""Outputs of the tests' own platform, whole and small, and a fake Grafana that has dashboards of the same UIDs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.ir.build import Compiled
from generator.output import DASHBOARDS_FOLDER, RULES_FOLDER
from generator.verify.access import Access
from generator.verify.conformance.command import check
from generator.verify.conformance.grafana_api import GrafanaApi
from generator.verify.conformance.result import ConformanceResult
from generator.verify.conformance.shipped_output import ShippedOutput, read_output
from tests.verify.conformance.fake_grafana import OWN_FOLDER, TOKEN, FakeGrafana, running

PANELS = 2
"""How many panels a dashboard of the small output has, besides those that alerts open."""

Run = Callable[..., ConformanceResult]


@pytest.fixture(scope="session")
def out(production: Compiled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dashboards and rules of the tests' own platform, in a folder."""
    folder = tmp_path_factory.mktemp("conformance") / "out"
    for path, text in production.texts.items():
        if path.startswith((DASHBOARDS_FOLDER, RULES_FOLDER)):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def small_out(out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two dashboards that alerts open, with a few panels each, and two alerts."""
    folder = tmp_path_factory.mktemp("small") / "out"
    output = read_output(out)
    links = list({link.uid: link for link in output.links}.values())[:2]
    rules = [
        {"alert": link.alert, "labels": {"severity": "page"}, "annotations": {"dashboard_url": link.url}}
        for link in links
    ]
    write(folder / RULES_FOLDER / "errors.yaml", yaml.safe_dump({"groups": [{"name": "errors", "rules": rules}]}))
    for link in links:
        model = cut(output.dashboards[link.uid], {each.uid for each in links}, link.panel)
        write(folder / DASHBOARDS_FOLDER / f"{link.uid}.json", json.dumps(model))
    return folder


def cut(model: Any, uids: set[str], opened: int | None) -> dict[str, Any]:
    """A dashboard with few panels, and with links to these dashboards alone."""
    others = [panel for panel in model["panels"] if panel["id"] != opened and '"/d/' not in json.dumps(panel)]
    panels = [*others[: PANELS + 1], *(panel for panel in model["panels"] if panel["id"] == opened)]
    return {
        **model,
        "panels": panels,
        "links": [each for each in model["links"] if each["url"].removeprefix("/d/") in uids],
    }


def write(path: Path, text: str) -> None:
    """Write a file, and the folders that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="session")
def output(out: Path) -> ShippedOutput:
    """The whole output, read."""
    return read_output(out)


@pytest.fixture(scope="session")
def small_output(small_out: Path) -> ShippedOutput:
    """The small output, read."""
    return read_output(small_out)


@pytest.fixture
def grafana(output: ShippedOutput) -> Iterator[FakeGrafana]:
    """A running Grafana, which has a dashboard of its own for each UID of a shipped one."""
    own = {uid: (OWN_FOLDER, {"uid": uid, "title": "Ours"}) for uid in output.dashboards}
    with running(FakeGrafana(dashboards=own)) as server:
        yield server


@pytest.fixture
def run(grafana: FakeGrafana, small_output: ShippedOutput) -> Run:
    """Run against the fake, by default with the small output. Problems are in the result's `left`, as text."""

    def check_it(output: ShippedOutput = small_output, **options: str) -> ConformanceResult:
        api = GrafanaApi(Access(grafana.url, TOKEN), 30, lambda seconds: None)
        result = ConformanceResult(grafana.url)
        problems = check(api, output, result, **options)
        assert problems == []
        return result

    return check_it
