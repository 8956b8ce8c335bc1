"""What a module defines and no build would use: each is a problem at its place, and what is used is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import dashboards.overview
from generator.definitions import load_default_definitions
from generator.dsl.dashboard import Dashboard
from generator.errors import Problem
from generator.unbuilt_definitions import unbuilt
from tests.copied_project import copied
from tests.module_loader import Loader, loaded_modules

IMPORTS = """from contract.api import *
from contract.labels import *
from generator.dsl.alert import *
from generator.dsl.alert_test import *
from generator.dsl.dashboard import *
from generator.dsl.metrics import *
from generator.dsl.platform import Platform
from generator.dsl.query import *
from generator.dsl.units import *
"""
PANEL = '''
@panel("Requests", id="{name}")
def {name}(platform):
    """Requests."""
    return TimeSeries((Series(REQUESTS.rate()),))

'''
FIRST_LINE = IMPORTS.count("\n") + 1


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Loader]:
    """Load a module with this text as a module of the project."""
    with loaded_modules(tmp_path) as loader:
        yield loader


def problems_of(load: Loader, text: str, *others: str) -> list[Problem]:
    """The problems of modules with these texts, after the imports."""
    texts = enumerate((text, *others))
    modules = [load(f"sales{number}", IMPORTS + each) for number, each in texts]
    built = [each for module in modules for each in vars(module).values() if isinstance(each, Dashboard)]
    return list(unbuilt(modules, built, [dashboards.overview]))


def row_of(*names: str) -> str:
    """A dashboard with these panels."""
    return f"DASHBOARD = Dashboard('sales', 'Sales', 'Sales.', (), (Row('Row', ({', '.join(names)},)),), ())\n"


def test_a_panel_in_no_row_is_a_problem(load: Loader) -> None:
    """It names the panel's function and where it belongs; the panels of the rows are none."""
    (problem,) = problems_of(load, PANEL.format(name="shown") + PANEL.format(name="hidden") + row_of("shown"))
    assert problem.where.endswith(f":{FIRST_LINE + 7} hidden")
    assert problem.what == 'the panel "hidden" is in no row of a dashboard, so it is not built'
    assert problem.hint == "add it to the panels of a Row(…) in a Dashboard(…), or remove it"


def test_a_panel_of_a_row_that_no_dashboard_has_is_a_problem(load: Loader) -> None:
    """The row is built nowhere, and its panels neither."""
    text = PANEL.format(name="shown") + PANEL.format(name="hidden") + "ROW = Row('Row', (hidden,))\n" + row_of("shown")
    assert [problem.where.split(" ")[-1] for problem in problems_of(load, text)] == ["hidden"]


def test_a_panel_is_built_under_another_title_and_by_another_module(load: Loader) -> None:
    """A copy with another title is the same panel; a default one is in the default dashboard, which may be replaced."""
    first = PANEL.format(name="shown")
    second = (
        "from dataclasses import replace\nfrom own_modules_sales0 import shown\n"
        "from dashboards.overview import pages\n" + row_of("replace(shown, title='Sold')")
    )
    assert problems_of(load, first, second) == []


@pytest.mark.parametrize(
    ("function", "hint"),
    [
        ("def sold(platform: Platform) -> Stat:", "@panel(title, id=…) above it, and put it into a row"),
        ("def sold(platform: Platform) -> 'TimeSeries':", "@panel(title, id=…) above it, and put it into a row"),
        ("def sold(p) -> Stat | Table:", "@panel(title, id=…) above it, and put it into a row"),
        ("def sold(platform: Platform) -> Rule:", "@alert(name, severity, panel=…) above it"),
        ("def sold(platform: Platform) -> Condition | Rule:", "@alert(name, severity, panel=…) above it"),
        ("def sold(_: Platform) -> Scenario | NotPossible:", "@alert_test(alert, severity, covers=…, id=…) above it"),
    ],
)
def test_an_undecorated_function_is_a_problem(load: Loader, function: str, hint: str) -> None:
    """Its annotation says which decorator it lacks, as text too."""
    (problem,) = problems_of(load, f"{function}\n    raise NotImplementedError\n")
    assert problem.where.endswith(f":{FIRST_LINE} sold")
    assert problem.what == "the function sold has no decorator and nothing uses it, so it is not built"
    assert problem.hint == f"write {hint}, or remove it"


@pytest.mark.parametrize(
    "function",
    [
        "def _sold(platform: Platform) -> Stat:",
        "def sold(platform: Platform, window: Duration) -> Stat:",
        "def sold(platform: Platform, *, window: Duration) -> Rule:",
        "def sold(platform: Platform) -> ThresholdSeries:",
        "def sold(platform: Platform) -> tuple[str, ...]:",
        "def sold(window):",
    ],
)
def test_a_function_that_builds_a_part_is_none(load: Loader, function: str) -> None:
    """A private one, one that takes more than the platform, and one that returns something else."""
    assert problems_of(load, f"{function}\n    raise NotImplementedError\n") == []


@pytest.mark.parametrize(
    ("same", "other"),
    [
        ("def _use(platform):\n    return sold(platform)\n", ""),
        ("", "import own_modules_sales0\nown_modules_sales0.sold\n"),
        ("", "from own_modules_sales0 import sold\n"),
    ],
)
def test_a_function_that_another_one_uses_is_none(load: Loader, same: str, other: str) -> None:
    """In its own module or in another one."""
    text = "def sold(platform: Platform) -> Rule:\n    raise NotImplementedError\n"
    assert len(problems_of(load, text)) == 1
    assert len(problems_of(load, text, "# Nothing calls sold.\n")) == 1
    assert problems_of(load, text + same, other) == []


def test_a_function_with_a_name_of_other_letters_is_used(load: Loader) -> None:
    """Letters at the end of a name that ASCII lacks are part of it."""
    text = "def maß(platform: Platform) -> Rule:\n    raise NotImplementedError\n"
    assert len(problems_of(load, text)) == 1
    assert problems_of(load, text + "def _use(platform):\n    return maß(platform)\n") == []


def test_a_definition_in_a_container_has_no_name(load: Loader) -> None:
    """Dashboards in a list are not found; those with a name of their own are, in a list too."""
    named = row_of("shown")
    text = PANEL.format(name="shown") + named + f"ALL = [DASHBOARD, {named.partition(' = ')[2].strip()}]\n"
    (problem,) = problems_of(load, text)
    assert problem.where.endswith(" ALL")
    assert problem.what == "the Dashboard in ALL has no name of its own, so it is not built"
    assert problem.hint == "write NAME = …, one for each Dashboard"


def test_a_function_that_another_one_replaces_is_a_problem(load: Loader) -> None:
    """The row names the second one: the first one is lost without a trace."""
    text = PANEL.format(name="shown") + PANEL.format(name="shown") + row_of("shown")
    (problem,) = problems_of(load, text)
    assert problem.where.endswith(f":{FIRST_LINE + 8} shown")
    assert problem.what == f"it replaces the function shown of line {FIRST_LINE + 2}, which is not built"
    assert problem.hint == "rename or remove one of the two"


INHIBITOR = "inhibitor('Sample', ROUTE, follows=(route_down,), outlasts=(route_down,))"


@pytest.mark.parametrize(
    "call", ["disabled(pages)", "words.disabled(pages)", "Dashboard('a', 'A', 'A.', (), (), ())", INHIBITOR]
)
def test_a_declaration_without_a_name_is_a_problem(load: Loader, call: str) -> None:
    """Nobody would find what it returns; the same with a name is none."""
    imports = (
        "from dashboards.overview import pages\nfrom generator.dsl import disabled as words\n"
        "from generator.dsl.disabled import disabled\nfrom alerts.errors import ROUTE, inhibitor, route_down\n"
    )
    (problem,) = problems_of(load, f"{imports}{call}\n")
    assert problem.where.endswith(f":{FIRST_LINE + 4}")
    assert problem.hint == f"write NAME = {call.partition('(')[0].removeprefix('words.')}(…)"
    assert problems_of(load, f"{imports}NAME = {call}\n") == []


def test_the_default_definitions_are_built() -> None:
    """Their helper functions are no problem, and none of their panels is forgotten."""
    assert load_default_definitions().dashboards


def test_a_build_reports_what_it_would_leave_out(root: Path, tmp_path: Path) -> None:
    """A panel without its row and a function without its decorator end the build, both at once."""
    project = copied(root, tmp_path / "project")
    project.change("dashboards/ai.py", "                first_token_now,\n", "")
    forgotten = "def spend(platform: Platform) -> Condition:\n    raise NotImplementedError\n\n\n@alert("
    project.change("alerts/cost.py", "@alert(", forgotten)
    answer = project.generator("build")
    assert answer.returncode == 2
    assert 'the panel "first_token_now" is in no row of a dashboard' in answer.stderr
    assert "the function spend has no decorator" in answer.stderr
