"""The definitions: alerts, dashboards and stories, found in their modules. What cannot be loaded is a fault."""

from __future__ import annotations

import importlib
import pkgutil
import re
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from generator.dsl.alert import Alert
from generator.dsl.alert_test import Senseless, Story
from generator.dsl.dashboard import Dashboard
from generator.errors import BuildError, DefinitionError, Problem, did_you_mean

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("alerts", "dashboards", "contract", "tests")
FAMILIES = ("errors", "latency", "cost", "storage", "telemetry")
WALLS = ("overview", "tenant", "ai", "storage")
UNKNOWN = re.compile(r"(?:cannot import name|has no attribute|name|No module named) '(?P<name>[\w.]+)'")
T = TypeVar("T")


@dataclass(frozen=True)
class Definitions:
    """All that the sources define, in the order in which a reader meets it."""

    alerts: tuple[Alert, ...]
    dashboards: tuple[Dashboard, ...]
    stories: tuple[Story, ...]
    senseless: tuple[Senseless, ...]


def load_contract() -> None:
    """Load `contract/`, on which all else stands. Faults: the first thing in it that cannot be loaded."""
    problems: list[Problem] = []
    attempt(partial(importlib.import_module, "contract"), problems, "contract")
    if problems:
        raise BuildError(problems)


def load_definitions() -> Definitions:
    """Load every module of `alerts/`, `dashboards/` and `alerts/tests/`. Faults: all that cannot be loaded."""
    problems: list[Problem] = []
    modules = {room: _modules(room, problems) for room in ("alerts", "dashboards", "alerts.tests")}
    if problems:
        raise BuildError(problems)
    return Definitions(
        alerts=tuple(_ranked(modules["alerts"], FAMILIES, Alert)),
        dashboards=tuple(_ranked(modules["dashboards"], WALLS, Dashboard)),
        stories=tuple(_ranked(modules["alerts.tests"], FAMILIES, Story)),
        senseless=tuple(_ranked(modules["alerts.tests"], FAMILIES, Senseless)),
    )


def attempt(make: Callable[[], T], problems: list[Problem], where: str = "") -> T | None:
    """What `make` gives, or None with its faults added: a word used wrongly, a name that does not exist."""
    try:
        return make()
    except BuildError as several:
        problems.extend(several.problems)
    except DefinitionError as refusal:
        problems.append(refusal.at(_place(refusal) or where))
    except Exception as error:
        problems.append(_fault(error, where))
    return None


def _modules(room: str, problems: list[Problem]) -> list[ModuleType]:
    package = attempt(partial(importlib.import_module, room), problems, room)
    if package is None:
        return []
    names = [info.name for info in pkgutil.iter_modules(package.__path__) if not info.ispkg]
    folder = room.replace(".", "/")
    loaded = (
        attempt(partial(importlib.import_module, f"{room}.{name}"), problems, f"{folder}/{name}.py") for name in names
    )
    return [module for module in loaded if module is not None]


def _ranked(modules: list[ModuleType], order: tuple[str, ...], kind: type[T]) -> Iterator[T]:
    def rank(module: ModuleType) -> tuple[int, str]:
        name = module.__name__.rpartition(".")[2]
        return (order.index(name) if name in order else len(order), name)

    for module in sorted(modules, key=rank):
        own = module.__name__
        yield from (x for x in vars(module).values() if isinstance(x, kind) and getattr(x, "module", own) == own)


def _fault(error: Exception, where: str) -> Problem:
    place = _place(error) or where
    if isinstance(error, SyntaxError):
        line = f":{error.lineno}" if error.lineno else ""
        return Problem(f"{_relative(error.filename or where)}{line}", f"{error.msg}", "mend the Python here")
    found = UNKNOWN.search(str(error)) if isinstance(error, ImportError | NameError | AttributeError) else None
    if found and (isinstance(error, ImportError) or _is_ours(_frames(error)[-1].filename)):
        name = found["name"].rpartition(".")[2]
        return Problem(place, f'there is no "{name}"', did_you_mean(name, _names(error)))
    return Problem(place, f"{type(error).__name__}: {error}", "mend the definition")


def _names(error: Exception) -> set[str]:
    """Names that could have been meant: those of the module or the object that was asked, or those in sight."""
    if isinstance(error, ModuleNotFoundError):
        above = (error.name or "").rpartition(".")[0]
        path = getattr(importlib.import_module(above), "__path__", ()) if above else ()
        return {info.name for info in pkgutil.iter_modules(path)}
    if isinstance(error, ImportError):
        known = set(vars(importlib.import_module(error.name))) if error.name else set()
    elif isinstance(error, AttributeError):
        known = set(dir(error.obj))
    else:
        *_, (frame, _) = traceback.walk_tb(error.__traceback__)
        known = {*frame.f_globals, *frame.f_locals}
    return {name for name in known if not name.startswith("_")}


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    return list(traceback.extract_tb(error.__traceback__))


def _place(error: BaseException) -> str:
    """The innermost place of an error that lies in a definition."""
    places = [
        f"{_relative(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in _frames(error)
        if _is_ours(frame.filename)
    ]
    return places[-1].removesuffix(" <module>") if places else ""


def _is_ours(file: str) -> bool:
    return _relative(file).split("/")[0] in ROOMS


def _relative(file: str) -> str:
    path = Path(file)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else file
