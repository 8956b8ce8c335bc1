"""The definitions of a project's own modules, each with its place. What a module imports is not its own."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from importlib.util import resolve_name
from pathlib import Path
from types import ModuleType
from typing import Generic, TypeVar

from generator.dsl.alert import Alert
from generator.dsl.alert_test import AlertTest, NotApplicable
from generator.dsl.contract import Declared
from generator.dsl.dashboard import Dashboard
from generator.dsl.disabled import Disabled
from generator.dsl.labels import Label
from generator.dsl.log import LogField
from generator.dsl.metrics import BuiltIn, CombinedCounter, Metric
from generator.dsl.routing import Routing
from generator.errors import Problem
from generator.frozen import frozen
from generator.project import definition_path

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
MUST_BE_ASSIGNED = ("disabled", "not_applicable")
"""Words that declare by what they return: without a name, the loader cannot find it."""


@frozen
class Located(Generic[T_co]):
    """A definition and its place: the file, and the name that the definition has there."""

    definition: T_co
    where: str
    module: str


@frozen
class OwnDefinitions:
    """Everything that the modules of a project define."""

    declared: tuple[Located[Declared], ...] = ()
    labels: tuple[Located[Label], ...] = ()
    alerts: tuple[Located[Alert], ...] = ()
    dashboards: tuple[Located[Dashboard], ...] = ()
    alert_tests: tuple[Located[AlertTest], ...] = ()
    not_applicable: tuple[Located[NotApplicable], ...] = ()
    routing: tuple[Located[Routing], ...] = ()
    disabled: tuple[Located[Disabled], ...] = ()


def own_definitions(modules: Sequence[ModuleType], defaults: Sequence[ModuleType]) -> OwnDefinitions:
    """The definitions of a project's modules, but for the objects that `defaults` define."""
    known = {id(value) for module in defaults for value in vars(module).values()}
    definitions = [
        located for module in modules for located in _assigned(module) if id(located.definition) not in known
    ]

    def of(kind: type[T]) -> tuple[Located[T], ...]:
        return tuple(
            Located(located.definition, located.where, located.module)
            for located in definitions
            if isinstance(located.definition, kind)
        )

    return OwnDefinitions(
        declared=(*of(Metric), *of(CombinedCounter), *of(BuiltIn)),
        labels=of(Label),
        alerts=of(Alert),
        dashboards=of(Dashboard),
        alert_tests=of(AlertTest),
        not_applicable=of(NotApplicable),
        routing=of(Routing),
        disabled=of(Disabled),
    )


def unusable(modules: Sequence[ModuleType], fields: Sequence[LogField]) -> Iterator[Problem]:
    """Definitions that would have no effect: a result without a name, and log fields, which cannot be extended."""
    for module in modules:
        for statement in _tree(module).body:
            match statement:
                case ast.Expr(value=ast.Call(func=ast.Name(id=word) | ast.Attribute(attr=word))) if (
                    word in MUST_BE_ASSIGNED
                ):
                    where = f"{_file(module)}:{statement.lineno}"
                    yield Problem(where, f"the result of {word}(…) has no name", f"write NAME = {word}(…)")
        for located in _assigned(module):
            if isinstance(located.definition, LogField) and located.definition not in fields:
                what = f'the log field "{located.definition.name}" would not be used: log lines have the default fields'
                yield Problem(located.where, what, "pass it as a key of metadata, which the service's logger allows")


def _assigned(module: ModuleType) -> Iterator[Located[object]]:
    """The values of a module's names, each once, without those that it imports."""
    imported, seen = set(_imported_names(module)), set()
    for name, value in vars(module).items():
        if name not in imported and not name.startswith("__") and id(value) not in seen:
            seen.add(id(value))
            yield Located(value, f"{_file(module)} {name}", module.__name__)


def _imported_names(module: ModuleType) -> Iterator[str]:
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name == "*":
                    name = resolve_name(f"{'.' * node.level}{node.module or ''}", module.__package__ or "")
                    yield from vars(sys.modules[name])
                else:
                    yield alias.asname or alias.name


def _tree(module: ModuleType) -> ast.Module:
    source = module.__file__
    return ast.parse(Path(source).read_bytes() if source else "")


def _file(module: ModuleType) -> str:
    return definition_path(module.__file__ or "") or module.__name__
