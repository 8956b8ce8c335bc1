"""Over 200 bad platform files, each a mistake of its own: every one gets its place, what is wrong and a hint."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from generator.checks.registry import owner_problems
from generator.config.load import load
from generator.definitions import load_definitions
from generator.dsl.definitions import Definitions
from generator.errors import BuildError, Problem
from tests.config.bad_platforms.bad_platform import PLACES, VALID, BadPlatform
from tests.config.bad_platforms.missing_keys import MISSING_KEYS
from tests.config.bad_platforms.misspelt_keys import MISSPELT_KEYS
from tests.config.bad_platforms.old_keys import OLD_KEYS
from tests.config.bad_platforms.optional_keys import OPTIONAL_KEYS
from tests.config.bad_platforms.overlays import OVERLAYS
from tests.config.bad_platforms.receivers import BAD_RECEIVERS
from tests.config.bad_platforms.relations import RELATIONS
from tests.config.bad_platforms.wrong_types import WRONG_TYPES
from tests.config.bad_platforms.wrong_values import WRONG_VALUES
from tests.config.bad_platforms.yaml_forms import YAML_FORMS
from tests.config.small_platform import Workspace

BAD_PLATFORMS = (
    *(*MISSING_KEYS, *MISSPELT_KEYS, *WRONG_TYPES, *WRONG_VALUES, *YAML_FORMS, *RELATIONS, *OLD_KEYS, *OVERLAYS),
    *(*OPTIONAL_KEYS, *BAD_RECEIVERS),
)
TEXT, NUMBER = re.compile(r'"[^"]*"'), re.compile(r"-?\b\d[\d.]*\b")


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    """The alerts, which the settings of a platform are checked against."""
    return load_definitions()


def problems_of(path: Path, definitions: Definitions) -> tuple[Problem, ...]:
    """The problems of loading a platform and of its settings of alerts."""
    try:
        platform = load(path)
    except BuildError as error:
        return error.problems
    return tuple(sorted(owner_problems(platform, definitions)))


def shown(problem: Problem) -> str:
    """A problem with its line and column in place of the file, and without the id of its check."""
    location = problem.location
    assert location is not None
    where = problem.where.removeprefix(str(location)).strip()
    file = "" if location.file == "platform.yaml" else f"{location.file}:"
    place = f"{location.line}:{location.column}" if location.line else ""
    return f"{' '.join(filter(None, (file + place, where)))}: {problem.what}; {problem.hint}."


@pytest.mark.parametrize("platform", BAD_PLATFORMS, ids=lambda platform: platform.name)
def test_each_mistake_has_its_place_and_hint(
    platform: BadPlatform, workspace: Workspace, definitions: Definitions
) -> None:
    """All problems of the file are these, with file, line, column, what is wrong and the hint."""
    content = platform.content
    workspace.write({**platform.others, "platform.yaml": content})
    assert [shown(problem) for problem in problems_of(Path("platform.yaml"), definitions)] == list(platform.problems)


def kind(problem: str) -> str:
    """A problem without its place, its texts and its numbers."""
    return NUMBER.sub("number", TEXT.sub("text", problem.partition(" ")[2]))


def test_there_are_more_than_two_hundred() -> None:
    """Each has a name of its own."""
    assert len(BAD_PLATFORMS) > 200
    assert [name for name, count in Counter(each.name for each in BAD_PLATFORMS).items() if count > 1] == []


def test_no_two_differ_only_in_a_value() -> None:
    """The problems of two files differ in more than the text or the number that they quote, and the place."""
    kinds = Counter(tuple(map(kind, each.problems)) for each in BAD_PLATFORMS)
    assert [kind for kind, count in kinds.items() if count > 1] == []


def test_the_places_are_those_of_the_valid_platform(workspace: Workspace, definitions: Definitions) -> None:
    """The platform is valid, and each key of the table is where the table says."""
    workspace.write({"platform.yaml": VALID})
    assert problems_of(Path("platform.yaml"), definitions) == ()
    lines = VALID.splitlines()
    for path, place in PLACES.items():
        line, column = map(int, place.split(":"))
        assert lines[line - 1][column - 1 :].lstrip('"').startswith(path.rpartition(".")[2])
