"""The definitions of a project's modules: those that a module makes, and not those that it imports."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

import alerts.storage
import dashboards.overview
from generator.own_definitions import own_definitions, unusable

Loader = Callable[[str, str], ModuleType]
PANEL = '''
from contract.api import REQUESTS
from generator.dsl.dashboard import Dashboard, Row, Series, TimeSeries, panel


@panel("Requests", id="requests")
def requests(platform):
    """Requests."""
    return TimeSeries((Series(REQUESTS.rate()),))


DASHBOARD = SAME = Dashboard("sales", "Sales", "Sales.", (), (Row("Requests", (requests,)),), ())
'''


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Loader]:
    """Load a module with this text as a module of the project."""
    loaded = []

    def module(name: str, text: str) -> ModuleType:
        file = tmp_path / f"{name}.py"
        file.write_text(text, encoding="utf-8")
        spec = spec_from_file_location(f"own_modules_{name}", file)
        assert spec is not None
        assert spec.loader is not None
        result = module_from_spec(spec)
        sys.modules[result.__name__] = result
        loaded.append(result.__name__)
        spec.loader.exec_module(result)
        return result

    yield module
    for name in loaded:
        del sys.modules[name]


def test_a_definition_is_found_once_with_its_place(load: Loader) -> None:
    """Under the first of its names."""
    module = load("sales", PANEL)
    (located,) = own_definitions([module], []).dashboards
    assert located.definition is module.DASHBOARD
    assert located.where == "own_modules_sales DASHBOARD"
    assert located.module == "own_modules_sales"


@pytest.mark.parametrize("statement", ["import DASHBOARD", "import DASHBOARD as SALES", "import *"])
def test_what_another_module_defines_is_not_found_again(load: Loader, statement: str) -> None:
    """In whatever order the modules are, and however it is imported."""
    sales = load("sales", PANEL)
    other = load("other", f"from own_modules_sales {statement}\n")
    for modules in ([sales, other], [other, sales]):
        (located,) = own_definitions(modules, []).dashboards
        assert located.module == "own_modules_sales"


def test_a_default_definition_is_not_the_projects_under_any_name(load: Loader) -> None:
    """What is derived from it is."""
    text = (
        "import dashboards.overview\n"
        "SAME = dashboards.overview.DASHBOARD\n"
        "DASHBOARD = SAME.without_panel('pages')\n"
        "from alerts.storage import storage_errors_page\n"
    )
    module = load("overview", text)
    own = own_definitions([module], [dashboards.overview, alerts.storage])
    assert [located.where for located in own.dashboards] == ["own_modules_overview DASHBOARD"]
    assert own.alerts == ()


def test_a_declaration_without_a_name_is_a_problem(load: Loader) -> None:
    """Nobody would find what it returns; the same with a name is none."""
    imports = "from alerts.storage import storage_errors_page\nfrom generator.dsl import disabled as words\n"
    text = f"{imports}words.disabled(storage_errors_page)\n"
    (problem,) = unusable([load("unwanted", text)])
    assert problem.where.endswith(":3")
    assert problem.hint == "write NAME = disabled(…)"
    assert list(unusable([load("named", text.replace("words.d", "NAME = words.d"))])) == []


def test_a_log_field_of_a_project_is_its_own(load: Loader) -> None:
    """With its place; one that it imports is the default's."""
    text = (
        "from contract.logs import METADATA\n"
        "from generator.dsl.log import SAFE, LogField, NumberType\n"
        "SIZE = LogField(name='size', type=NumberType(0), sensitivity=SAFE, help='The size.')\n"
    )
    (field,) = own_definitions([load("logs", text)], []).log_fields
    assert field.definition.name == "size"
    assert field.where.endswith(" SIZE")
