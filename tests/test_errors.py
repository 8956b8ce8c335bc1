"""Faults: where, what and cure, all of them, in the order in which a reader finds them."""

from __future__ import annotations

import pytest

from generator.errors import BuildError, DefinitionError, Problem, did_you_mean, place_of


def test_a_fault_says_where_what_and_cure() -> None:
    """In one line, as a sentence."""
    assert str(Problem("bar.yaml:3 size", "-5 is no size", "give a number above 0")) == (
        "bar.yaml:3 size: -5 is no size; give a number above 0."
    )


def test_faults_are_told_together_and_once() -> None:
    """All of them are kept in their order; the same fault found twice is one."""
    first, second = Problem("b", "wrong", "mend it"), Problem("a", "wrong", "mend it")
    several = BuildError([first, second, first])
    assert several.problems == (first, second)
    assert str(several) == "b: wrong; mend it.\na: wrong; mend it."


def test_faults_are_sorted_as_a_reader_counts() -> None:
    """Line 9 comes before line 10, and in one place the texts decide."""
    grid_positions = ["b.py:1", "a.py:100 x", "a.py:10 x", "a.py:9 x", "a.py"]
    assert [problem.where for problem in sorted(Problem(place, "wrong", "mend it") for place in grid_positions)] == [
        "a.py",
        "a.py:9 x",
        "a.py:10 x",
        "a.py:100 x",
        "b.py:1",
    ]
    assert sorted([Problem("a", "two", "x"), Problem("a", "one", "y")])[0].what == "one"


def test_a_refusal_becomes_a_fault_at_its_place() -> None:
    """What and cure stay; whoever runs the definition adds where."""
    refusal = DefinitionError("it is too much", "take less")
    assert str(refusal) == "it is too much; take less"
    assert refusal.at("bar.py:7 drink") == Problem("bar.py:7 drink", "it is too much", "take less")


def test_a_definition_stands_in_a_file_at_a_line() -> None:
    """The module's path, the line where the function begins, and its name."""

    def drink() -> None: ...

    line = drink.__code__.co_firstlineno
    assert place_of(drink) == f"tests/test_errors.py:{line} drink"


@pytest.mark.parametrize(
    ("wrong", "known", "hint"),
    [
        ("rout", ["service", "route"], 'did you mean "route"? Use it, or declare "rout"'),
        ("zzz", ["service", "route"], "use one of route, service"),
        ("zzz", [], 'declare "zzz" first'),
    ],
)
def test_a_misspelt_name_is_cured_by_what_there_is(wrong: str, known: list[str], hint: str) -> None:
    """The nearest one, or all where none is near, or none where there is none."""
    assert did_you_mean(wrong, known) == hint
