"""A slip: a module of definitions with one mistake, and the one problem that it gets, found in this process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from types import ModuleType
from typing import TypeVar

from alerts import errors
from contract.api import REQUESTS
from contract.labels import ROUTE
from generator.checks.registry import definition_problems
from generator.definitions import attempt, strict_syntax
from generator.dsl.alert import Alert
from generator.dsl.alert_test import AlertTest, NotApplicable
from generator.dsl.dashboard import AlertSeries, Dashboard, Row, Series, TimeSeries, panel
from generator.dsl.definitions import Definitions
from generator.dsl.platform import Platform
from generator.errors import Problem
from generator.lowering.lower import lower
from generator.project import ROOT

MARK = "#!"
"""At the end of the line that the problem names."""
T = TypeVar("T")


@dataclass(frozen=True)
class Slip:
    """A mistake. `what` and `hint` are parts of its problem; `line` is the line's number where no mark can be, and -1
    where the problem is the file's."""

    module: str
    source: str | bytes
    what: str
    hint: str
    line: int = 0

    @property
    def path(self) -> str:
        """The path of the module's file."""
        return f"{self.module.replace('.', '/')}.py"

    @property
    def place(self) -> str:
        """The file and the line of the problem."""
        if isinstance(self.source, str) and not self.line:
            marked = [number for number, line in enumerate(self.source.splitlines(), 1) if line.endswith(MARK)]
            assert len(marked) == 1, f"mark one line: {self.source}"
            return f"{self.path}:{marked[0]}"
        return f"{self.path}:{self.line}" if self.line > 0 else self.path


@panel("Requests", id="requests")
def requests(platform: Platform) -> TimeSeries:
    """Requests per second."""
    return TimeSeries((Series(REQUESTS.rate().by(ROUTE)),))


@panel("Outages", id="outages")
def outages(platform: Platform) -> AlertSeries:
    """What RouteDown compares."""
    return AlertSeries("RouteDown")


PANELS = (outages, replace(requests, id="latency_by_route"))
OVERVIEW = Dashboard("overview", "Overview", "A small dashboard.", (), (Row("Row", PANELS),), ())
"""The dashboard that the slips' alerts link to. Its panel of latency is that of no alert."""


def problems_of(slip: Slip, platform: Platform, shipped: Definitions) -> list[Problem]:
    """The problems of a build with the slip's module, a small dashboard and one shipped alert."""
    module = ModuleType(slip.module)
    module.__file__ = str(ROOT / slip.path)
    problems: list[Problem] = []
    sys.modules[slip.module] = module
    try:
        attempt(partial(_run, slip, module), problems, slip.path)
        if not problems:
            definitions = replace(
                shipped,
                alerts=(errors.route_down, *_defined(module, Alert)),
                dashboards=(OVERVIEW, *_defined(module, Dashboard)),
                alert_tests=tuple(_defined(module, AlertTest)),
                not_applicable=tuple(_defined(module, NotApplicable)),
            )
            attempt(partial(_check, definitions, platform, problems), problems)
    finally:
        del sys.modules[slip.module]
    return problems


def _run(slip: Slip, module: ModuleType) -> None:
    assert module.__file__ is not None
    with strict_syntax():
        code = compile(slip.source, module.__file__, "exec")
    exec(code, vars(module))


def _check(definitions: Definitions, platform: Platform, problems: list[Problem]) -> None:
    of_checks = definition_problems(lower(platform, definitions))
    problems += [problem for problem in of_checks if problem.check != "alert/panel-shows-its-number"]


def _defined(module: ModuleType, kind: type[T]) -> Iterator[T]:
    return (value for value in vars(module).values() if isinstance(value, kind) and value is not errors.route_down)
