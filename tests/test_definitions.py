"""Definitions with mistakes: each gets one clear problem with its place, and the output stays as it was."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.definitions import load_definitions
from generator.errors import BuildError, DefinitionError, Problem
from generator.external.promtool import Promtool
from tests.copied_project import Project, copied
from tests.invalid_definitions import (
    CONTRACT,
    DEFINITION_CHECKS,
    LOADING,
    LOWERING,
    NAMES,
    OUTPUT_CHECKS,
    UNITS,
    Mistake,
)


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Project:
    """A copy of the sources, with an `out/` that must not change."""
    copy = copied(root, tmp_path / "project")
    (copy.folder / "out/contract").mkdir(parents=True)
    (copy.folder / "out/contract/metrics.json").write_text("as it was", encoding="utf-8")
    return copy


def failed_build(project: Project, *arguments: str) -> list[str]:
    """The problems of a build, which fails without a traceback and writes nothing."""
    answer = project.generator("build", *arguments)
    assert answer.returncode == 2, answer.stdout + answer.stderr
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr
    files = [path for path in (project.folder / "out").rglob("*") if path.is_file()]
    assert [path.read_text(encoding="utf-8") for path in files] == ["as it was"]
    *problems, summary = answer.stderr.splitlines()
    assert summary == f"{len(problems)} {'problem' if len(problems) == 1 else 'problems'}; nothing was written."
    return problems


@pytest.mark.parametrize(
    "mistakes",
    [LOADING, NAMES, LOWERING, DEFINITION_CHECKS, OUTPUT_CHECKS, CONTRACT, UNITS],
    ids=["loading", "names", "lowering", "checks of definitions", "checks of the output", "a metric", "a unit"],
)
def test_each_mistake_gets_one_clear_problem(project: Project, mistakes: tuple[Mistake, ...]) -> None:
    """A problem has a place, what is wrong and a hint. All problems of a step are reported at once, and no others."""
    for mistake in mistakes:
        project.change(mistake.path, mistake.old, mistake.new)
    problems = failed_build(project)
    patterns = [pattern for mistake in mistakes for pattern in (mistake.problem, mistake.other_problem) if pattern]
    assert [pattern for pattern in patterns if not any(re.match(pattern, problem) for problem in problems)] == []
    assert [problem for problem in problems if not any(re.match(pattern, problem) for pattern in patterns)] == []
    assert len(problems) == len(patterns)


NEW_FAMILY = '''"""Quotas run out."""

from contract.ai import AI_REQUESTS
from contract.labels import TENANT
from generator.dsl.alert import TICKET, alert
from generator.dsl.platform import Platform
from generator.dsl.query import Condition
from generator.dsl.units import REQUESTS_UNIT, hours, quantity


@alert("TenantManyAICalls", TICKET)
def tenant_many_ai_calls(platform: Platform) -> Condition:
    """{tenant_id} makes many AI calls.

    {tenant_id} made {value} to models in the last {window}.

    Impact: The limit of the account is near.

    First steps:
    1. Ask the tenant.
    """
    return AI_REQUESTS.increase(hours(1)).by(TENANT).above(quantity(5000, REQUESTS_UNIT))
'''


def test_a_new_family_of_alerts_gets_one_instruction_at_a_time(project: Project, promtool: Promtool) -> None:
    """Each message names the next step: an owner, a panel, its number, tests in the file of the family."""
    (project.folder / "alerts/throttling.py").write_text(NEW_FAMILY, encoding="utf-8")
    for platform in ("platform.yaml", "alerts/tests/platform.yaml"):
        project.change(platform, "owners: {default: platform, ", "owners: {")
    owner_missing = 'no team owns the alerts of the family "throttling"; add `throttling` or `default` to `owners`'
    assert [problem for problem in failed_build(project) if owner_missing in problem]
    for platform in ("platform.yaml", "alerts/tests/platform.yaml"):
        project.change(platform, "owners: {", "owners: {default: platform, ")
    (problem,) = failed_build(project)
    assert problem.endswith('it links to no panel; name one: @alert(…, panel="dashboard/panel"). [alert/missing-panel]')
    project.change("alerts/throttling.py", "TICKET)\n", 'TICKET, panel="tenant/tokens_by_model")\n')
    (problem,) = failed_build(project)
    assert problem.endswith('let the panel return AlertSeries("TenantManyAICalls"). [alert/panel-shows-its-number]')
    panel = "TimeSeries((Series(TOKENS.rate().by(MODEL)),), stacked=True, "
    project.change("dashboards/tenant.py", panel, 'AlertSeries("TenantManyAICalls", ')
    assert project.generator("build", "--force").returncode == 0
    answer = project.generator("check", PROMTOOL=str(promtool.path))
    assert answer.returncode == 2
    problem, summary = answer.stderr.splitlines()
    assert summary == "1 problem."
    assert problem.startswith("alerts/throttling.py:")
    assert "write them in alerts/tests/throttling.py: @alert_test(" in problem
    assert problem.endswith("[test/missing-coverage]")


def test_the_definitions_load() -> None:
    """The alerts of a family and the dashboards come in their order; alert tests come from `alerts/tests/`."""
    definitions = load_definitions()
    families = list(dict.fromkeys(alert.family for alert in definitions.alerts))
    assert {"errors", "latency", "cost", "storage", "telemetry"} <= set(families)
    shipped = ["overview", "tenant", "ai", "storage"]
    assert [dashboard.id for dashboard in definitions.dashboards if dashboard.id in shipped] == shipped
    assert all(test.module.startswith("alerts.tests.") for test in definitions.alert_tests)


def test_an_imported_definition_is_loaded_once() -> None:
    """An alert that a module imports from another one is not a second alert."""
    definitions = load_definitions()
    assert len({alert.key for alert in definitions.alerts}) == len(definitions.alerts)


def test_a_problem_is_one_line() -> None:
    """A problem has its place, what is wrong and a hint; equal problems are reported once."""
    problems = [Problem("b", "is wrong", "do better"), DefinitionError("is wrong", "do better").at("a")]
    assert str(BuildError([*problems, *problems])) == "b: is wrong; do better.\na: is wrong; do better."


NEW_AREA = '''"""Queues."""

from contract.labels import SERVICE
from generator.dsl.metrics import Counter, Extension
from generator.dsl.units import READS_UNIT

QUEUE_READS = Counter(
    name="queue_reads_total", unit=READS_UNIT, labels=(SERVICE,), help="Reads.", origin=Extension("queues")
)
'''
NO_DEFINITION = '"""Nothing."""\n\nraise ValueError("loaded")\n'


def test_every_file_of_the_definitions_is_loaded_or_refused(project: Project) -> None:
    """A module in a subfolder, a private one and one called like a test are imported; other files, and a module of the
    contract that is no area, are problems."""
    loaded = ("dashboards/sales/overview.py", "alerts/_private.py", "alerts/tests/test_sales.py")
    for path in (*loaded, "dashboards/my-dash.py", "alerts/errors_copy"):
        (project.folder / path).parent.mkdir(exist_ok=True)
        (project.folder / path).write_text(NO_DEFINITION, encoding="utf-8")
    problems = {problem.split(": ")[0]: problem for problem in failed_build(project)}
    refused = {"dashboards/my-dash.py", "alerts/errors_copy"}
    assert problems.keys() == {*(f"{path}:3" for path in loaded), *refused}
    assert all("ValueError: loaded" in problems[f"{path}:3"] for path in loaded)
    for path in (*loaded, *refused):
        (project.folder / path).unlink()
    (project.folder / "contract/queues.py").write_text(NEW_AREA, encoding="utf-8")
    (problem,) = failed_build(project)
    assert problem == (
        "contract/queues.py queue_reads_total: AREAS does not list this module of the contract; "
        "add queues to AREAS in contract/__init__.py."
    )


def test_what_python_warns_of_is_a_problem_of_every_build(project: Project) -> None:
    """Python prints its warning once, in a form of its own: a build would succeed the second time."""
    project.change(
        "dashboards/ai.py",
        '"""Number of calls to models in the last {window}."""',
        '"""Calls to models per second (\\d)."""',
    )
    project.change("contract/api.py", "as the plan names it.", "as the plan \\w.")
    for _ in range(2):
        (problem,) = failed_build(project)
        assert re.fullmatch(
            r"contract/api\.py:\d+: invalid escape sequence '\\w'; write two backslashes, or r before the quotes of .*",
            problem,
        )
    project.change("contract/api.py", "as the plan \\w.", "as the plan.")
    for _ in range(2):
        (problem,) = failed_build(project)
        assert problem.startswith("dashboards/ai.py:")
        assert "invalid escape sequence '\\d'" in problem
