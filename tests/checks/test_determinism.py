"""The output is a function of the sources, byte for byte, on any machine and in any order."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from generator.dsl.definitions import Definitions
from generator.ir.build import Compiled
from tests.checks.builds import build
from tests.copied_project import copied

BUILD = ("-m", "generator", "build", "--platform")


def test_two_machines_build_the_same_bytes(root: Path, tmp_path: Path) -> None:
    """Another hash seed, time zone, locale, project folder and working folder change no byte."""
    first, second = copied(root, tmp_path / "first"), copied(root, tmp_path / "the second")
    environment = {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONUTF8": "0"}
    other = {"PYTHONHASHSEED": "2", "TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    for project, folder, variables in ((first, first.folder, environment), (second, tmp_path, other)):
        out = str(project.folder / "out")
        answer = project.run(folder, variables, *BUILD, str(project.folder / "platform.yaml"), "--out", out)
        assert answer.returncode == 0, answer.stderr
    assert contents(first.folder / "out") == contents(second.folder / "out")


def contents(folder: Path) -> dict[str, bytes]:
    """The bytes of every file, by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_order_of_definitions_changes_no_series(built: Compiled, definitions: Definitions) -> None:
    """Alerts and dashboards in reverse order give the same recorded series, panels and pages. The order shows only in
    files that list alerts or dashboards: rules of a family, a page of several alerts, links to other dashboards."""
    without_tests = replace(definitions, alert_tests=(), not_applicable=())
    reverse = replace(without_tests, alerts=definitions.alerts[::-1], dashboards=definitions.dashboards[::-1])
    rebuilt = build(built.lowered.platform, reverse)
    different = {path for path in built.texts if built.texts[path] != rebuilt.texts[path]}
    assert built.texts.keys() == rebuilt.texts.keys()
    assert different == ordered_files(without_tests)
    for name in (dashboard.id for dashboard in definitions.dashboards):
        assert without_links(built, name) == without_links(rebuilt, name)


def ordered_files(definitions: Definitions) -> set[str]:
    """The files that list alerts or dashboards in their order."""
    pages = Counter(alert.runbook for alert in definitions.alerts)
    names = [dashboard.id for dashboard in definitions.dashboards]
    families = Counter(alert.family for alert in definitions.alerts)
    return {
        *(f"prometheus/rules/{family}.yaml" for family, count in families.items() if count > 1),
        *(f"kubernetes/rules-{family}.yaml" for family, count in families.items() if count > 1),
        *(f"grafana/dashboards/{name}.json" for name in names),
        *(f"kubernetes/dashboard-{name}.yaml" for name in names),
        *(f"runbooks/{page}.md" for page, count in pages.items() if count > 1),
    }


def without_links(compiled: Compiled, name: str) -> dict[str, Any]:
    """A dashboard without its links to the others."""
    board: dict[str, Any] = json.loads(compiled.texts[f"grafana/dashboards/{name}.json"])
    return {key: value for key, value in board.items() if key != "links"}
