"""What bad definitions get: one clear error each with its place, no traceback, status 2, and `out/` left as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.definitions import load_definitions
from generator.errors import BuildError, DefinitionError, Problem
from tests.copied_project import Project, copied
from tests.spoilt_definitions import (
    BAD_BUCKETS,
    BREAK_A_LAW,
    BREAK_A_LAW_OF_TEXTS,
    CANNOT_BE_LOADED,
    MAKE_NO_SENSE,
    UNKNOWN_UNIT,
    Spoilt,
)


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Project:
    """A copy of the sources, with an `out/` that is not to be touched."""
    made = copied(root, tmp_path / "project")
    (made.folder / "out/contract").mkdir(parents=True)
    (made.folder / "out/contract/metrics.json").write_text("as it was", encoding="utf-8")
    return made


def refused(project: Project, *arguments: str) -> list[str]:
    """The lines that a build says; it is refused, without a traceback, and writes nothing."""
    answer = project.generator("build", *arguments)
    assert answer.returncode == 2, answer.stdout + answer.stderr
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr
    there = [path for path in (project.folder / "out").rglob("*") if path.is_file()]
    assert [path.read_text(encoding="utf-8") for path in there] == ["as it was"]
    *problems, count = answer.stderr.splitlines()
    assert count == f"{len(problems)} {'fault' if len(problems) == 1 else 'faults'}; nothing was written."
    return problems


@pytest.mark.parametrize(
    "stage",
    [CANNOT_BE_LOADED, MAKE_NO_SENSE, BREAK_A_LAW, BREAK_A_LAW_OF_TEXTS, BAD_BUCKETS, UNKNOWN_UNIT],
    ids=["loading", "lowering", "laws of trees", "laws of texts", "a metric", "a unit"],
)
def test_each_bad_definition_gets_one_clear_error(project: Project, stage: tuple[Spoilt, ...]) -> None:
    """Where it stands, what it is, what cures it; all that a stage can see is told at once, and nothing else."""
    for path, old, new, _ in stage:
        project.change(path, old, new)
    problems = refused(project)
    messages = [message for *_, message in stage]
    assert [message for message in messages if not any(re.match(message, problem) for problem in problems)] == []
    assert [problem for problem in problems if not any(re.match(message, problem) for message in messages)] == []
    assert len(problems) == len(messages)


def test_the_sources_load() -> None:
    """Every family's alerts come in the families' order, every wall's dashboard in the walls' order."""
    found = load_definitions()
    families = list(dict.fromkeys(alert.family for alert in found.alerts))
    assert families == ["errors", "latency", "cost", "storage", "telemetry"]
    assert [board.id for board in found.dashboards] == ["overview", "tenant", "ai", "storage"]
    assert {alert_test.module.partition(".")[0] for alert_test in found.alert_tests} == {"tests"}


def test_what_a_definition_imports_is_not_its_own() -> None:
    """An alert that a module imports from another is loaded once."""
    found = load_definitions()
    assert len({alert.key for alert in found.alerts}) == len(found.alerts)


def problems() -> Iterator[Problem]:
    """Two faults."""
    yield Problem("b", "is wrong", "mend it")
    yield DefinitionError("is wrong", "mend it").at("a")


def test_faults_read_as_where_what_and_cure() -> None:
    """A fault is one line; several are told together, each once."""
    assert str(BuildError([*problems(), *problems()])) == "b: is wrong; mend it.\na: is wrong; mend it."
