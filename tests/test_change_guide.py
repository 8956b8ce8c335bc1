"""docs/change.md is right: its diffs apply to this tree, one after the other, with the effects that it describes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from generator.external.promtool import Promtool
from tests.copied_project import Project, copied

DIFF = re.compile(r"^```diff\n(.*?)^```$", re.MULTILINE | re.DOTALL)
METRIC, PANEL, ALERT, ALERT_TEST, TENANT = range(5)


@pytest.fixture(scope="module")
def diffs(root: Path) -> list[str]:
    """The diffs of the guide, in their order."""
    diffs = DIFF.findall((root / "docs/change.md").read_text(encoding="utf-8"))
    assert len(diffs) == 5
    return diffs


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Project:
    """A copy of the sources."""
    return copied(root, tmp_path / "project")


def apply(project: Project, *diffs: str) -> Project:
    """Apply diffs to the copy. Fails where one does not apply."""
    for diff in diffs:
        subprocess.run(["git", "apply", "-"], input=diff, text=True, cwd=project.folder, check=True)
    return project


def test_a_metric_without_a_panel_is_a_problem(project: Project, diffs: list[str]) -> None:
    """A metric that no dashboard shows does not build."""
    result = apply(project, diffs[METRIC]).generator("build")
    assert result.returncode == 2
    assert "client_errors_total: no dashboard reads it" in result.stderr


def test_a_metric_and_its_panel_build(project: Project, diffs: list[str]) -> None:
    """The new panel is on the Tenant dashboard."""
    result = apply(project, diffs[METRIC], diffs[PANEL]).generator("build")
    assert result.returncode == 0, result.stderr
    assert "Client errors by route" in (project.folder / "out/grafana/dashboards/tenant.json").read_text(
        encoding="utf-8"
    )


def test_check_names_the_missing_kinds_of_alert_tests(project: Project, diffs: list[str], promtool: Promtool) -> None:
    """The alert builds; after the guide's test, check names the three kinds that the guide leaves out."""
    assert apply(project, *diffs[METRIC:ALERT_TEST]).generator("build").returncode == 0
    result = apply(project, diffs[ALERT_TEST]).generator("build")
    assert result.returncode == 0, result.stderr
    result = project.generator("check", PROMTOOL=str(promtool.path))
    assert result.returncode == 2
    assert "covers BELOW_THRESHOLD, LOW_TRAFFIC, COUNTER_RESET; " in result.stderr


def test_the_alert_test_passes(project: Project, diffs: list[str], promtool: Promtool) -> None:
    """promtool runs the guide's test on the rules of the guide's alert."""
    apply(project, *diffs[METRIC:TENANT]).generator("build")
    report = promtool.test_rules([project.folder / "out/tests/clients-every-1m.yaml"])
    assert [(result.name, result.failures) for result in report.results] == [("a_client_with_a_bug", ())]


def test_a_tenant_adds_no_alerting_rule(project: Project, diffs: list[str]) -> None:
    """A line in the platform file changes the recorded budgets and thresholds; the alert on errors, whose threshold
    differs by tenant from then on, gets a label, and no alert is added."""
    rules = project.folder / "out/prometheus/rules"
    project.generator("build")
    before = {path.name: path.read_text(encoding="utf-8") for path in rules.iterdir()}
    result = apply(project, diffs[TENANT]).generator("build")
    assert result.returncode == 0, result.stderr
    after = {path.name: path.read_text(encoding="utf-8") for path in rules.iterdir()}
    assert sorted(name for name, text in after.items() if text != before[name]) == [
        "errors.yaml",
        "recorded-limits.yaml",
    ]
    assert after["errors.yaml"].count("alert: ") == before["errors.yaml"].count("alert: ")
    assert "group_left (threshold)" in after["errors.yaml"]
    assert "tenant_id: org.example.library" in (rules / "recorded-limits.yaml").read_text(encoding="utf-8")
