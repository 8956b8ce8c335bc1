"""What README shows is true: its diffs apply to this tree, one after the other, and build."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from generator.external.promtool import Promtool
from tests.copied_project import Project, copied

DIFF = re.compile(r"^```diff\n(.*?)^```$", re.MULTILINE | re.DOTALL)
METRIC, PANEL, ALERT, STORY, TENANT = range(5)


@pytest.fixture(scope="module")
def diffs(root: Path) -> list[str]:
    """README's diffs, in their order."""
    return DIFF.findall((root / "README.md").read_text(encoding="utf-8"))


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Project:
    """A copy of the sources."""
    return copied(root, tmp_path / "project")


def applied(project: Project, *diffs: str) -> Project:
    """The copy with diffs applied; git refuses one that does not fit."""
    for diff in diffs:
        subprocess.run(["git", "apply", "-"], input=diff, text=True, cwd=project.folder, check=True)
    return project


def test_the_metric_alone_is_refused(project: Project, diffs: list[str]) -> None:
    """A metric that no dashboard shows does not build, as README says."""
    answer = applied(project, diffs[METRIC]).generator("build")
    assert answer.returncode == 2
    assert "ai_retries_total" in answer.stderr


def test_the_metric_and_its_panel_build(project: Project, diffs: list[str]) -> None:
    """With the panel it builds, and the panel is on the AI dashboard."""
    answer = applied(project, diffs[METRIC], diffs[PANEL]).generator("build")
    assert answer.returncode == 0, answer.stderr
    assert "Retries by model" in (project.folder / "out/grafana/dashboards/ai.json").read_text(encoding="utf-8")


def test_the_alert_asks_for_its_stories(project: Project, diffs: list[str], promtool: Promtool) -> None:
    """With the alert it builds, and the check names the stories that are missing: three after README's own story."""
    assert applied(project, *diffs[METRIC:STORY]).generator("build").returncode == 0
    answer = applied(project, diffs[STORY]).generator("build")
    assert answer.returncode == 0, answer.stderr
    answer = project.generator("check", PROMTOOL=str(promtool.path))
    assert answer.returncode == 2
    missing = ("quiet just below", "quiet at low traffic", "quiet through a counter reset")
    assert [kind in answer.stderr for kind in missing] == [True, True, True], answer.stderr
    assert "fires in time" not in answer.stderr


def test_the_story_is_true(project: Project, diffs: list[str], promtool: Promtool) -> None:
    """promtool confirms README's story on the rules that README's alert makes."""
    applied(project, *diffs[METRIC:TENANT]).generator("build")
    report = promtool.test_rules([project.folder / "out/tests/retries-every-1m.yaml"])
    assert [(verdict.name, verdict.failures) for verdict in report.results] == [("one_model_is_short", ())]


def test_a_tenant_adds_no_alerting_rule(project: Project, diffs: list[str]) -> None:
    """One line makes a tenant: its budget and its ceiling are samples, and no alerting rule is added."""
    rules = project.folder / "out/prometheus/rules"
    project.generator("build")
    before = {path.name: path.read_text(encoding="utf-8") for path in rules.iterdir()}
    answer = applied(project, diffs[TENANT]).generator("build")
    assert answer.returncode == 0, answer.stderr
    changed = [path.name for path in rules.iterdir() if path.read_text(encoding="utf-8") != before[path.name]]
    assert changed == ["recorded-limits.yaml"]
    assert "tenant_id: org.example.library" in (rules / "recorded-limits.yaml").read_text(encoding="utf-8")
