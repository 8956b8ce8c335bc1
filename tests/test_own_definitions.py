"""The definitions of a project's modules: those that a module makes, and not those that it imports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import alerts.storage
import dashboards.overview
from generator.own_definitions import own_definitions
from tests.module_loader import Loader, loaded_modules

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
    with loaded_modules(tmp_path) as loader:
        yield loader


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
