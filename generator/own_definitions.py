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
from generator.dsl.built_in import BuiltIn
from generator.dsl.contract import Declared
from generator.dsl.dashboard import Dashboard
from generator.dsl.disabled import Disabled
from generator.dsl.labels import Label
from generator.dsl.log import LogField
from generator.dsl.metrics import CombinedCounter, Metric
from generator.dsl.routing import Routing
from generator.frozen import frozen
from generator.project import definition_path

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


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
    log_fields: tuple[Located[LogField], ...] = ()


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
        log_fields=of(LogField),
    )


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
