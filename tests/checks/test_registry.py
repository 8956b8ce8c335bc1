"""No law is forgotten: each one written is obeyed, and says what it is."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import FunctionType

from generator import checks as laws
from generator.checks.registry import STORY_LAWS, TEXT_LAWS, TREE_LAWS, broken_in_text, broken_in_trees
from generator.ir.build import Compiled
from tests.checks.builds import panel_asking, said, with_board

LISTED = (*TREE_LAWS, *TEXT_LAWS, *STORY_LAWS)
JUDGES = {"broken_in_trees", "broken_in_text", "broken_in_stories"}
"""They ask all laws, and are none themselves."""


def written() -> Iterator[str]:
    """The functions that take a build, and give faults."""
    for info in iter_modules(laws.__path__):
        module = import_module(f"{laws.__name__}.{info.name}")
        for name, one in vars(module).items():
            if isinstance(one, FunctionType) and one.__module__ == module.__name__:
                hints = list(one.__annotations__.values())
                if hints in (["Compiled", "list[Fault]"], ["Lowered", "list[Fault]"]):
                    yield name


def test_every_law_is_obeyed() -> None:
    """Whatever looks like a law is listed, once."""
    assert sorted(set(written()) - JUDGES) == sorted(law.__name__ for law in LISTED)


def test_every_law_says_what_it_is() -> None:
    """A law's docstring is the law: a sentence or two."""
    assert [law.__name__ for law in LISTED if not (inspect.getdoc(law) or "").endswith(".")] == []


def test_production_is_lawful(built: Compiled) -> None:
    """No law is broken by production."""
    assert broken_in_trees(built.lowered) == []
    assert broken_in_text(built) == []


def test_all_breaches_are_told(built: Compiled) -> None:
    """One query that breaks two laws, and another dashboard that breaks a third, are three faults."""
    spoilt = with_board(built, "storage", panel_asking('sum(kv_reads_total{route="/nowhere"})'))
    spoilt = with_board(spoilt, "ai", lambda board: board.update(title="Storage"))
    problems = said(broken_in_text(spoilt))
    for message in ("is never", "is a counter, and is read through sum", "it has the title of"):
        assert sum(message in problem for problem in problems) == 1, problems
