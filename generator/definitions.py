"""Finds the definitions in their modules, and attributes their errors to the lines that caused them."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import TypeVar

from generator.definition_files import modules_in
from generator.dsl.alert import Alert
from generator.dsl.alert_test import AlertTest, NotApplicable
from generator.dsl.contract import Contract, declarations
from generator.dsl.dashboard import Dashboard
from generator.dsl.definitions import Definitions
from generator.dsl.routing import Routing
from generator.errors import BuildError, DefinitionError, InternalError, Location, Problem, did_you_mean
from generator.frozen import frozen
from generator.overlay import extended, extended_contract
from generator.own_definitions import OwnDefinitions, own_definitions
from generator.packages import install
from generator.project import (
    DEFINITION_PACKAGES,
    OWN_PACKAGE,
    PROJECT,
    ROOT,
    default_path,
    definition_path,
    own_packages,
)
from generator.stopped import Stopped
from generator.unbuilt_definitions import unbuilt

DEFAULT_PACKAGES = ("contract", "alerts", "alerts.tests", "dashboards")
ROUTING_MODULE, ROUTING_FILE = "alerts.routing", "alerts/routing.py"
"""The module of `alerts/` that is not a family of alerts: its ROUTING is the routing of all of them."""
GENERATOR = Path(__file__).parent
BACKSLASH_HINT = "write two backslashes, or r before the quotes of a text that has backslashes"
RECURSION = 100
"""A traceback with more frames of definitions than this is that of a definition that calls itself."""
UNKNOWN_NAME = re.compile(r"(?:cannot import name|has no attribute|name|No module named) '(?P<name>[\w.]+)'")
DEFINITION_FILES = "|".join(
    re.escape(str(base / package)) for base in dict.fromkeys((ROOT, PROJECT)) for package in DEFINITION_PACKAGES
)
"""A regular expression of the beginning of what the path of a definition may be."""
OPERATORS = GENERATOR / "dsl/operators.py"
T = TypeVar("T")


def load_contract() -> None:
    """Load `contract/`. Raises BuildError with the first problem that prevents it."""
    problems: list[Problem] = []
    attempt(partial(import_definitions, "contract"), problems, "contract")
    if problems:
        raise BuildError(problems)


def load_definitions() -> Definitions:
    """The default definitions, extended by those of the project where it has its own. Raises BuildError with everything
    that cannot be loaded.
    """
    problems: list[Problem] = []
    defaults = attempt(load_default_definitions, problems)
    own = None if defaults is None else attempt(load_own_definitions, problems)
    if defaults is None or own is None:
        raise BuildError(problems)
    return extended(defaults, own)


def load_default_definitions() -> Definitions:
    """Load every module of the default packages. Raises BuildError with everything that cannot be loaded."""
    problems: list[Problem] = []
    modules = {package: _modules(package, problems) for package in DEFAULT_PACKAGES}
    # Routing imports the alerts: after a problem with these, it would report the same problem.
    routing = None if problems else _routing(problems)
    contract = None if problems else contract_of(modules["contract"], problems)
    dashboards = _dashboards(modules["dashboards"], problems)
    if routing is not None and contract is not None:
        problems += unbuilt([module for package in modules.values() for module in package], dashboards)
    if routing is None or contract is None or problems:
        raise BuildError(problems)
    tests = modules["alerts.tests"]
    return Definitions(
        contract=contract,
        alerts=tuple(_defined(modules["alerts"], Alert)),
        dashboards=dashboards,
        alert_tests=tuple(_defined(tests, AlertTest)),
        not_applicable=tuple(_defined(tests, NotApplicable)),
        routing=routing,
    )


def load_own_definitions() -> OwnDefinitions:
    """Load every module of the project's own packages; nothing where it has none. Raises BuildError with everything
    that cannot be loaded."""
    install()
    problems: list[Problem] = []
    own = [module for package in _own_packages() for module in _modules(package, problems)]
    if problems:
        raise BuildError(problems)
    defaults = _default_modules()
    definitions = own_definitions(own, defaults)
    dashboards = (located.definition for located in definitions.dashboards)
    problems += unbuilt(own, dashboards, defaults)
    if problems:
        raise BuildError(problems)
    return definitions


def project_contract() -> Contract:
    """The contract with the metrics of the project's own; the default one where these cannot be loaded, which
    `load_definitions` reports."""
    contract: Contract = importlib.import_module("contract").CONTRACT
    if "contract" not in own_packages(PROJECT):
        return contract
    install()
    problems: list[Problem] = []
    modules = _modules(f"{OWN_PACKAGE}.contract", problems)
    if problems:
        return contract
    own = attempt(partial(own_definitions, modules, _default_modules()), problems)
    return contract if own is None else extended_contract(contract, own, (), problems)


def _default_modules() -> list[ModuleType]:
    return [module for name, module in sys.modules.items() if name.split(".")[0] in DEFINITION_PACKAGES]


def contract_of(modules: Sequence[ModuleType], problems: list[Problem]) -> Contract:
    """The default contract. A module that declares metrics and is not one of its areas is a problem."""
    contract: Contract = importlib.import_module("contract").CONTRACT
    known = {id(declared) for declared in contract.declared}
    for module in modules:
        if unlisted := [each for each in declarations(vars(module).values()) if id(each) not in known]:
            hint = f"add {module.__name__.rpartition('.')[2]} to AREAS in contract/__init__.py"
            where = f"{_relative(module.__file__ or '')} {unlisted[0].name}"
            problems.append(Problem(where, "AREAS does not list this module of the contract", hint))
    return contract


def _own_packages() -> list[str]:
    packages = [f"{OWN_PACKAGE}.{package}" for package in own_packages(PROJECT)]
    if f"{OWN_PACKAGE}.alerts" in packages and (PROJECT / "alerts/tests").is_dir():
        packages.append(f"{OWN_PACKAGE}.alerts.tests")
    return packages


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
        hint = BACKSLASH_HINT if "escape sequence" in error.msg else "fix the Python syntax"
        return [Problem(str(place), f"{error.msg}", hint, place=place)]
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
    package = attempt(partial(import_definitions, package_name), problems, _place_of_module(package_name))
    if package is None:
        return []
    folder = _place_of_module(package_name)
    tests = "tests" if package_name.endswith("alerts") else ""
    names = modules_in(_folder(package_name), package_name, folder, problems, without=tests)
    order: tuple[str, ...] = getattr(package, "ORDER", ())
    relative = {name: name.removeprefix(package_name).removeprefix(".") for name in names if name != ROUTING_MODULE}
    ranked = sorted(
        relative, key=lambda name: (order.index(relative[name]) if relative[name] in order else len(order), name)
    )
    loaded = [_module(name, problems) for name in ranked]
    return [module for module in loaded if module is not None]


def _module(name: str, problems: list[Problem]) -> ModuleType | None:
    """A module, or None with its problems added. The error of a file with null bytes does not name the file: a module
    that imports it would report it once more, as its own."""
    own: list[Problem] = []
    module = attempt(partial(import_definitions, name), own, f"{_place_of_module(name)}.py")
    reported = {problem.what for problem in problems if "null bytes" in problem.what}
    problems += [problem for problem in own if problem.what not in reported]
    return module


def import_definitions(name: str) -> ModuleType:
    """Import a module of definitions. What Python only warns of there is a SyntaxError: a warning would come once, at
    the first build, and in a form of its own."""
    with strict_syntax():
        return importlib.import_module(name)


@contextmanager
def strict_syntax() -> Iterator[None]:
    """Raise SyntaxError for what Python warns of when it compiles definitions; Python 3.11 warns of an invalid escape
    by another class."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", category=SyntaxWarning, module=DEFINITION_FILES)
        warnings.filterwarnings("error", "invalid .*escape sequence", DeprecationWarning, DEFINITION_FILES)
        yield


def _folder(package_name: str) -> Path:
    own = package_name.startswith(f"{OWN_PACKAGE}.")
    return (PROJECT if own else ROOT) / package_name.removeprefix(f"{OWN_PACKAGE}.").replace(".", "/")


def _place_of_module(name: str) -> str:
    """How messages name a module's file or folder, without the suffix."""
    path = name.removeprefix(f"{OWN_PACKAGE}.").replace(".", "/")
    return path if name.startswith(f"{OWN_PACKAGE}.") else default_path(path)


def _routing(problems: list[Problem]) -> Routing | None:
    """The routing of the alerts, or None with a problem added."""
    module = attempt(partial(import_definitions, ROUTING_MODULE), problems, ROUTING_FILE)
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


def _dashboards(modules: Sequence[ModuleType], problems: list[Problem]) -> tuple[Dashboard, ...]:
    """The dashboards of modules. Two of one id are a problem: each would be written over the other."""
    first: dict[str, tuple[Dashboard, str]] = {}
    for module in modules:
        file = _relative(module.__file__ or "")
        for dashboard in _defined([module], Dashboard):
            known, place = first.setdefault(dashboard.id, (dashboard, file))
            if known is not dashboard:
                what = f'the dashboard "{dashboard.id}" is also in {place}'
                problems.append(Problem(file, what, "give each dashboard an id of its own"))
    return tuple(dashboard for dashboard, _ in first.values())


def _attributed(error: Exception, where: str) -> Problem:
    """An exception as a problem of the definition whose line raised it.

    Raises InternalError where the generator did.
    """
    is_import = isinstance(error, ImportError) and bool(_place(error) or where)
    if not is_import and not _is_raised_by_definition(error):
        raise InternalError(str(error)) from error
    place = _place(error) or where
    if isinstance(error, AttributeError) and isinstance(error.obj, MethodType | FunctionType):
        word = error.obj.__name__
        return Problem(place, f"{word} is not called", f"write {word}(…).{error.name}")
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
    paths = (definition_path(frame.filename) for frame in traceback.extract_tb(error.__traceback__))
    modules = [path for path in paths if path]
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
    """Whether the innermost frame is a definition's, those of libraries apart, or a definition calls itself, through
    the DSL, without an end. Setting a field of frozen data is the mistake of the line that sets it."""
    frames = traceback.extract_tb(error.__traceback__)
    # A part of a definition looks for a name that it lacks in the DSL: the line that wrote the name is the last one.
    own_work = [frame for frame in frames if (Path(frame.filename), frame.name) != (OPERATORS, "_missing")]
    files = [frame.filename for frame in own_work if frame.filename != frozen.__code__.co_filename]
    own = [file for file in files if _in_definition(file) or Path(file).is_relative_to(GENERATOR)]
    in_definition = [_in_definition(file) for file in own]
    if isinstance(error, RecursionError) and sum(in_definition) > RECURSION:
        return True
    return bool(in_definition) and in_definition[-1]


def _in_definition(file: str) -> bool:
    return bool(definition_path(file))


def _relative(file: str) -> str:
    return definition_path(file) or file
