"""Problems: where, what and hint, all of them, in the order in which a reader looks for them."""

from __future__ import annotations

import pickle

import pytest

from generator.errors import BuildError, DefinitionError, Problem, did_you_mean, nearest_name, place_of


def test_a_problem_is_one_sentence() -> None:
    """It has the place, what is wrong and a hint, and the id of the check that found it, if one did."""
    problem = Problem("bar.yaml:3 size", "-5 is not a size", "give a number above 0")
    assert str(problem) == "bar.yaml:3 size: -5 is not a size; give a number above 0."
    checked = Problem("bar.yaml:3 size", "-5 is not a size", "give a number above 0", "bar/size")
    assert str(checked) == "bar.yaml:3 size: -5 is not a size; give a number above 0. [bar/size]"


def test_a_build_error_has_every_problem_once() -> None:
    """The problems keep their order, and one that is found twice is reported once."""
    first, second = Problem("b", "wrong", "fix it"), Problem("a", "wrong", "fix it")
    error = BuildError([first, second, first])
    assert error.problems == (first, second)
    assert str(error) == "b: wrong; fix it.\na: wrong; fix it."


def test_a_build_error_of_another_process_has_its_problems() -> None:
    """Processes hand on exceptions as copies, which have the problems themselves."""
    problems = (Problem("a.py:1", "it is wrong", "fix it"), Problem("a.py:2", "it is wrong, too", "fix it"))
    assert pickle.loads(pickle.dumps(BuildError(problems))).problems == problems


def test_problems_are_sorted_by_place() -> None:
    """Line 9 is before line 10; in one place, problems are sorted by their texts."""
    places = ["b.py:1", "a.py:100 x", "a.py:10 x", "a.py:9 x", "a.py"]
    assert [problem.where for problem in sorted(Problem(place, "wrong", "fix it") for place in places)] == [
        "a.py",
        "a.py:9 x",
        "a.py:10 x",
        "a.py:100 x",
        "b.py:1",
    ]
    assert sorted([Problem("a", "two", "x"), Problem("a", "one", "y")])[0].what == "one"


def test_a_definition_error_becomes_a_problem_at_a_place() -> None:
    """It keeps what and hint; whoever runs the definition adds the place."""
    error = DefinitionError("it is too much", "take less")
    assert str(error) == "it is too much; take less"
    assert error.at("bar.py:7 drink") == Problem("bar.py:7 drink", "it is too much", "take less")


def test_the_place_of_a_definition_is_file_line_and_function() -> None:
    """The path of the module, the first line of the function, and its name."""

    def drink() -> None: ...

    assert place_of(drink) == f"tests/test_errors.py:{drink.__code__.co_firstlineno} drink"


@pytest.mark.parametrize(
    ("wrong", "known", "hint"),
    [
        ("rout", ["service", "route"], 'did you mean "route"? Use it, or declare "rout"'),
        ("zzz", ["service", "route"], "use one of route, service"),
        ("zzz", ["service"], "use service"),
        ("zzz", [], 'declare "zzz" first'),
    ],
)
def test_the_hint_for_a_misspelt_name(wrong: str, known: list[str], hint: str) -> None:
    """The nearest known name, or all of them where none is near."""
    assert did_you_mean(wrong, known) == hint


@pytest.mark.parametrize(
    ("wrong", "known", "hint"),
    [
        ("biuld", ["build", "check"], 'did you mean "build"? If not, give another one'),
        ("zzz", ["build", "check"], "give one of build, check"),
        ("zzz", ["build"], "give build"),
        ("zzz", ["a", "b", "c", "d"], "give one of a, b or 2 more"),
    ],
)
def test_the_hint_for_a_name_that_cannot_be_declared(wrong: str, known: list[str], hint: str) -> None:
    """The nearest known name, or the first ones where none is near."""
    assert nearest_name(wrong, known, most=2) == hint
