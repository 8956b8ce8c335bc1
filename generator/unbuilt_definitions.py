"""What a module defines and no build would use: panels in no row, functions without a decorator, definitions without a
name of their own, and functions that a second one of their name replaces. Each is a problem, because a build that
leaves out what a person wrote looks like one that has it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import FunctionType, ModuleType

from generator.dsl.alert import Alert
from generator.dsl.alert_test import AlertTest, NotApplicable
from generator.dsl.dashboard import Dashboard, Panel
from generator.dsl.disabled import Disabled
from generator.errors import Problem, place_of
from generator.project import definition_path

PANEL_TYPES = {
    *("Visualization", "TimeSeries", "Stat", "Freshness", "GaugePanel", "BarGauge", "Heatmap"),
    *("HistogramPanel", "Table"),
}
RULE_TYPES = {
    *("Condition", "Comparison", "And", "Or", "Unless", "Observed", "StopsComing", "WithPrice", "WithoutPrice"),
    *("Unusual", "Runaway", "Always", "Absent", "AlertsFire", "Rule"),
}
SCENARIO_TYPES = {"Scenario", "NotPossible"}
DECORATORS = (
    (PANEL_TYPES, "@panel(title, id=…) above it, and put it into a row"),
    (RULE_TYPES, "@alert(name, severity, panel=…) above it"),
    (SCENARIO_TYPES, "@alert_test(alert, severity, covers=…, id=…) above it"),
)
NAMED = (Alert, AlertTest, Dashboard, Disabled, NotApplicable)
"""What a build finds by the names of a module."""
WITHOUT_NAME = re.compile(r"^(?:\w+\.)*(disabled|not_applicable|inhibitor|Dashboard)\(", re.MULTILINE)
FUNCTION = re.compile(r"^(?:async )?def ([a-zA-Z]\w*)\(", re.MULTILINE)
NAME = re.compile(r"\w+")


def unbuilt(
    modules: Sequence[ModuleType], dashboards: Iterable[Dashboard], defaults: Sequence[ModuleType] = ()
) -> Iterator[Problem]:
    """Everything that these modules define and that is not built. `dashboards` are all that have rows with panels,
    `defaults` modules whose definitions these may hold."""
    known = {id(value) for module in (*defaults, *modules) for value in vars(module).values()}
    for module in modules:
        source = Path(module.__file__ or "").read_text(encoding="utf-8", errors="replace") if module.__file__ else ""
        yield from _without_name(module, source)
        yield from _replaced_functions(module, source)
        yield from _in_containers(module, known)
    yield from _panels_in_no_row(modules, dashboards, defaults)
    yield from _undecorated(modules)


def _without_name(module: ModuleType, source: str) -> Iterator[Problem]:
    """Calls whose result has no name: what they define cannot be found."""
    for call in WITHOUT_NAME.finditer(source):
        word, where = call[1], f"{_file(module)}:{_line(source, call)}"
        yield Problem(where, f"the result of {word}(…) has no name", f"write NAME = {word}(…)")


def _replaced_functions(module: ModuleType, source: str) -> Iterator[Problem]:
    """Functions of a module that have the name of an earlier one."""
    first: dict[str, int] = {}
    for function in FUNCTION.finditer(source):
        line = _line(source, function)
        if first.setdefault(function[1], line) != line:
            what = f"it replaces the function {function[1]} of line {first[function[1]]}, which is not built"
            yield Problem(f"{_file(module)}:{line} {function[1]}", what, "rename or remove one of the two")


def _in_containers(module: ModuleType, known: set[int]) -> Iterator[Problem]:
    """Definitions that a module has in a tuple, list, set or mapping alone."""
    for name, value in vars(module).items():
        if name.startswith("__") or not isinstance(value, tuple | list | set | frozenset | dict):
            continue
        for item in value.values() if isinstance(value, dict) else value:
            if isinstance(item, NAMED) and id(item) not in known:
                kind = type(item).__name__
                what = f"the {kind} in {name} has no name of its own, so it is not built"
                yield Problem(f"{_file(module)} {name}", what, f"write NAME = …, one for each {kind}")


def _panels_in_no_row(
    modules: Sequence[ModuleType], dashboards: Iterable[Dashboard], defaults: Sequence[ModuleType]
) -> Iterator[Problem]:
    """Panels that no row of a dashboard has, under whatever title. Those of the defaults are not the modules' own."""
    built = {id(panel.build) for dashboard in dashboards for row in dashboard.rows for panel in row.panels}
    built |= {id(value.build) for module in defaults for value in vars(module).values() if isinstance(value, Panel)}
    panels = [value for module in modules for value in vars(module).values() if isinstance(value, Panel)]
    for panel in {id(panel.build): panel for panel in panels}.values():
        if id(panel.build) not in built:
            what = f'the panel "{panel.id}" is in no row of a dashboard, so it is not built'
            yield Problem(panel.where, what, "add it to the panels of a Row(…) in a Dashboard(…), or remove it")


def _undecorated(modules: Sequence[ModuleType]) -> Iterator[Problem]:
    """Public functions that return what a decorator makes a definition of, and that nothing uses."""
    candidates = [
        (value, instead)
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__ and not name.startswith("_")
        if (instead := _decorator(value))
    ]
    used = set(_used_names(modules, {function.__name__ for function, _ in candidates})) if candidates else set()
    for function, instead in candidates:
        if function.__name__ not in used:
            what = f"the function {function.__name__} has no decorator and nothing uses it, so it is not built"
            yield Problem(place_of(function), what, f"write {instead}, or remove it")


def _decorator(function: FunctionType) -> str:
    """The decorator that a function lacks; empty for one that takes more than the platform, or returns something else.
    Without an annotation, a function of `platform` returns what those of its package do."""
    code = function.__code__
    if code.co_argcount != 1 or code.co_kwonlyargcount:
        return ""
    if "return" in function.__annotations__:
        annotation = function.__annotations__["return"]
        names = set(NAME.findall(annotation if isinstance(annotation, str) else _shown(annotation)))
        return next((instead for types, instead in DECORATORS if types & names), "")
    if code.co_varnames[0] != "platform":
        return ""
    package = "." + function.__module__
    if ".tests." in package:
        return DECORATORS[2][1]
    return DECORATORS[0][1] if ".dashboards." in package else DECORATORS[1][1] if ".alerts." in package else ""


def _shown(annotation: object) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def _used_names(modules: Sequence[ModuleType], candidates: Iterable[str]) -> Iterator[str]:
    """Every name that the modules read, import or look up in another module, where they mention a candidate. Another
    module is not parsed: that of all modules would be a tenth of a build."""
    mentioned = re.compile(rf"(?<!def )\b(?:{'|'.join(sorted(candidates))})\b")
    for module in modules:
        source = Path(module.__file__).read_bytes() if module.__file__ else b""
        if not mentioned.search(source.decode(errors="replace")):
            continue
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name):
                    yield name
                case ast.ImportFrom(names=names):
                    yield from (alias.name for alias in names)


def _line(source: str, match: re.Match[str]) -> int:
    return source.count("\n", 0, match.start()) + 1


def _file(module: ModuleType) -> str:
    return definition_path(module.__file__ or "") or module.__name__
