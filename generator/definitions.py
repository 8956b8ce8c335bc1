"""Finds the definitions in their modules, and attributes their errors to the lines that caused them."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from generator.dsl.alert import Alert
from generator.dsl.alert_test import AlertTest, NotApplicable
from generator.dsl.dashboard import Dashboard
from generator.dsl.definitions import Definitions
from generator.dsl.routing import Routing
from generator.errors import BuildError, DefinitionError, InternalError, Location, Problem, did_you_mean
from generator.project import ROOT
from generator.stopped import Stopped

DEFINITION_FOLDERS = ("alerts", "dashboards", "contract", "tests")
"""Where a person writes definitions: an error whose innermost frame lies here is the definition's."""
ROUTING_MODULE, ROUTING_FILE = "alerts.routing", "alerts/routing.py"
"""The module of `alerts/` that is not a family of alerts: its ROUTING is the routing of all of them."""
RECURSION = 100
"""A traceback with more frames of definitions than this is that of a definition that calls itself."""
UNKNOWN_NAME = re.compile(r"(?:cannot import name|has no attribute|name|No module named) '(?P<name>[\w.]+)'")
T = TypeVar("T")


def load_contract() -> None:
    """Load `contract/`. Raises BuildError with the first problem that prevents it."""
    problems: list[Problem] = []
    attempt(partial(importlib.import_module, "contract"), problems, "contract")
    if problems:
        raise BuildError(problems)


def load_definitions() -> Definitions:
    """Load every module of `alerts/`, `alerts/tests/` and `dashboards/`. Raises BuildError with everything that cannot
    be loaded.
    """
    problems: list[Problem] = []
    modules = {package: _modules(package, problems) for package in ("alerts", "alerts.tests", "dashboards")}
    # Routing imports the alerts: after a problem with these, it would report the same problem.
    routing = None if problems else _routing(problems)
    if routing is None:
        raise BuildError(problems)
    tests = modules["alerts.tests"]
    return Definitions(
        alerts=tuple(_defined(modules["alerts"], Alert)),
        dashboards=tuple(_defined(modules["dashboards"], Dashboard)),
        alert_tests=tuple(_defined(tests, AlertTest)),
        not_applicable=tuple(_defined(tests, NotApplicable)),
        routing=routing,
    )


def attempt(make: Callable[[], T], problems: list[Problem], where: str = "") -> T | None:
    """The result of `make`, or None with its problems added. Raises InternalError for an exception that is not caused
    by a definition.
    """
    try:
        return make()
    except (Stopped, InternalError):
        raise
    except BaseException as error:
        problems.extend(_problems_of(error, where))
    return None


def _problems_of(error: BaseException, where: str) -> Sequence[Problem]:
    """The problems that an exception reports or is, at the line of the definition that caused it, or else at `where`.

    Raises InternalError where the generator caused it, and what is not an `Exception` (an exit) again.
    """
    if isinstance(error, BuildError):
        return error.problems
    if isinstance(error, DefinitionError):
        return [error.at(_place(error) or where)]
    if isinstance(error, SyntaxError) and (where or _in_definition(error.filename or "")):
        place = Location(_relative(error.filename or where), error.lineno or 0, error.offset or 0)
        return [Problem(str(place), f"{error.msg}", "fix the Python syntax", place=place)]
    if cycle := cyclic_import(error):
        return [Problem(_place(error) or where, *cycle)]
    if isinstance(error, Exception):
        return [_attributed(error, where)]
    # The process has handlers of signals, which raise Stopped: this is an exit or an interrupt that a definition calls.
    if not _place(error):
        raise error
    what = f"{type(error).__name__} would end the command"
    return [Problem(_place(error), what, "remove this exit: a definition only returns what it defines")]


def _modules(package_name: str, problems: list[Problem]) -> list[ModuleType]:
    """The modules of a package but for routing: those that its ORDER names first, then the others by name."""
    package = attempt(partial(importlib.import_module, package_name), problems, package_name)
    if package is None:
        return []
    order: tuple[str, ...] = getattr(package, "ORDER", ())
    modules = (info.name for info in pkgutil.iter_modules(package.__path__) if not info.ispkg)
    names = [name for name in modules if f"{package_name}.{name}" != ROUTING_MODULE]
    names.sort(key=lambda name: (order.index(name) if name in order else len(order), name))
    folder = package_name.replace(".", "/")
    loaded = (
        attempt(partial(importlib.import_module, f"{package_name}.{name}"), problems, f"{folder}/{name}.py")
        for name in names
    )
    return [module for module in loaded if module is not None]


def _routing(problems: list[Problem]) -> Routing | None:
    """The routing of the alerts, or None with a problem added."""
    module = attempt(partial(importlib.import_module, ROUTING_MODULE), problems, ROUTING_FILE)
    if module is None:
        return None
    routing = getattr(module, "ROUTING", None)
    if isinstance(routing, Routing):
        return routing
    problems.append(Problem(ROUTING_FILE, "it defines no ROUTING", "add ROUTING = Routing(…)"))
    return None


def _defined(modules: list[ModuleType], kind: type[T]) -> Iterator[T]:
    """The definitions of a kind, without those that a module imports from another one."""
    for module in modules:
        own = module.__name__
        for value in vars(module).values():
            if isinstance(value, kind) and getattr(value, "module", own) == own:
                yield value


def _attributed(error: Exception, where: str) -> Problem:
    """An exception as a problem of the definition whose line raised it.

    Raises InternalError where the generator did.
    """
    is_import = isinstance(error, ImportError) and bool(_place(error) or where)
    if not is_import and not _is_raised_by_definition(error):
        raise InternalError(str(error)) from error
    place = _place(error) or where
    unknown = UNKNOWN_NAME.search(str(error)) if isinstance(error, ImportError | NameError | AttributeError) else None
    if unknown:
        name = unknown["name"].rpartition(".")[2]
        return Problem(place, f'there is no "{name}"', did_you_mean(name, _known_names(error)))
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Problem(place, what, "fix this line of the definition")


def _known_names(error: Exception) -> set[str]:
    """The names that could have been meant: those of the module or the object, or those in scope."""
    if isinstance(error, ModuleNotFoundError):
        path = getattr(sys.modules.get((error.name or "").rpartition(".")[0]), "__path__", ())
        return {info.name for info in pkgutil.iter_modules(path)}
    if isinstance(error, ImportError):
        # A module whose import failed is not there any more, and must not be imported again.
        known = set(vars(sys.modules[error.name])) if error.name in sys.modules else set()
    elif isinstance(error, AttributeError):
        known = set(dir(error.obj))
    else:
        *_, (frame, _) = traceback.walk_tb(error.__traceback__)
        known = {*frame.f_globals, *frame.f_locals}
    return {name for name in known if not name.startswith("_")}


def cyclic_import(error: BaseException) -> tuple[str, str] | None:
    """What is wrong and a hint where an error says that modules of definitions import each other."""
    if "circular import" not in str(error) or not isinstance(error, ImportError | AttributeError):
        return None
    files = [_relative(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]
    modules = [file for file in files if _in_definition(file)]
    if not modules:
        return None
    name = error.name if isinstance(error, ImportError) else getattr(error.obj, "__name__", "")
    path = (name or "").replace(".", "/")
    first = next((number for number, file in enumerate(modules) if file in (f"{path}.py", f"{path}/__init__.py")), 0)
    cycle = sorted(set(modules[first:]))
    what = f"{' and '.join(cycle)} import each other" if len(cycle) > 1 else f"{cycle[0]} imports itself"
    return what, "move what both need into a module that imports neither"


def _place(error: BaseException) -> str:
    """The innermost line of a definition in an exception's traceback."""
    places = [
        f"{_relative(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
        if _in_definition(frame.filename)
    ]
    return places[-1].removesuffix(" <module>") if places else ""


def _is_raised_by_definition(error: BaseException) -> bool:
    """Whether the innermost frame is a definition's, or a definition calls itself, through the DSL, without an end."""
    in_definition = [_in_definition(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, RecursionError) and sum(in_definition) > RECURSION:
        return True
    return bool(in_definition) and in_definition[-1]


def _in_definition(file: str) -> bool:
    return _relative(file).split("/")[0] in DEFINITION_FOLDERS


def _relative(file: str) -> str:
    path = Path(file)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else file
