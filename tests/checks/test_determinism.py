"""Law 7: `out/` is a function of the sources, byte for byte, on any machine, in any order."""

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
    """Another hash seed, time zone, language, folder of the sources and folder of work change no byte."""
    first, second = copied(root, tmp_path / "first"), copied(root, tmp_path / "the second")
    one = {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONUTF8": "0"}
    other = {"PYTHONHASHSEED": "2", "TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    for project, cwd, environment in ((first, first.folder, one), (second, tmp_path, other)):
        out = str(project.folder / "out")
        answer = project.run(cwd, environment, *BUILD, str(project.folder / "platform.yaml"), "--out", out)
        assert answer.returncode == 0, answer.stderr
    assert contents(first.folder / "out") == contents(second.folder / "out")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file's bytes, by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_order_in_which_series_are_asked_for_is_no_matter(built: Compiled, definitions: Definitions) -> None:
    """Alerts and dashboards read in reverse give the same recorded series, panels and pages; the order of definitions
    is seen where it has a meaning alone: rules in their family's file and on a page they share, links to others."""
    kept = replace(definitions, alert_tests=(), not_applicable=())
    turned = replace(kept, alerts=kept.alerts[::-1], dashboards=kept.dashboards[::-1])
    again = build(built.lowered.platform, turned)
    differing = {path for path in built.texts if built.texts[path] != again.texts[path]}
    assert built.texts.keys() == again.texts.keys()
    assert differing == in_contract_order(kept)
    for name in (board.id for board in kept.dashboards):
        assert unlinked(built, name) == unlinked(again, name)


def in_contract_order(definitions: Definitions) -> set[str]:
    """The files in which an order of definitions is kept."""
    pages = Counter(alert.runbook for alert in definitions.alerts)
    names = [board.id for board in definitions.dashboards]
    families = {alert.family for alert in definitions.alerts}
    return {
        *(f"prometheus/rules/{family}.yaml" for family in families),
        *(f"kubernetes/rules-{family}.yaml" for family in families),
        *(f"grafana/dashboards/{name}.json" for name in names),
        *(f"kubernetes/dashboard-{name}.yaml" for name in names),
        *(f"runbooks/{page}.md" for page, count in pages.items() if count > 1),
    }


def unlinked(compiled: Compiled, name: str) -> dict[str, Any]:
    """A dashboard without its links to the others."""
    board: dict[str, Any] = json.loads(compiled.texts[f"grafana/dashboards/{name}.json"])
    return {key: value for key, value in board.items() if key != "links"}
