"""The organisation's names of severities in a platform file."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.config.load import load
from generator.dsl.severity import NONE, PAGE, TICKET
from tests.config.small_platform import SMALL_PLATFORM, Workspace

NAME = 'give at most 40 letters, digits and _ - between them, such as "critical"'
OTHER = "give each severity a name of its own"
BAD_VALUES = [
    ("severities: {page: critical, ticket: critical}", "ticket", '"critical" is the name of page, too', OTHER),
    ("severities: {ticket: high, none: high}", "none", '"high" is the name of ticket, too', OTHER),
    ("severities: {page: ticket}", "page", '"ticket" is another severity in platform files', OTHER),
    ('severities: {page: ""}', "page", '"" is not the name of a severity', NAME),
    ("severities: {page: 1}", "page", "1 is not the name of a severity", NAME),
    ('severities: {page: "a|b"}', "page", '"a|b" is not the name of a severity', NAME),
    ('severities: {page: "{{ x }}"}', "page", '"{{ x }}" is not the name of a severity', NAME),
    ("severities: {page: -high}", "page", '"-high" is not the name of a severity', NAME),
    ("severities: {pages: critical}", "pages", "unknown key", 'did you mean "page"? If not, remove it'),
]


def test_names_of_severities_are_loaded(workspace: Workspace) -> None:
    """Each severity has the name that the file gives it, else ours."""
    workspace.write({"platform.yaml": f"{SMALL_PLATFORM}severities: {{page: critical, ticket: warning}}\n"})
    platform = load(Path("platform.yaml"))
    assert platform.severity_names == {PAGE: "critical", TICKET: "warning"}
    assert [*map(platform.severity_name, (PAGE, TICKET, NONE))] == ["critical", "warning", "none"]


@pytest.mark.parametrize(("keys", "key", "what", "hint"), BAD_VALUES)
def test_an_impossible_name_is_one_problem(workspace: Workspace, keys: str, key: str, what: str, hint: str) -> None:
    """Names that two severities would share, and what is no value of the label, are problems at their line."""
    line = SMALL_PLATFORM.count("\n") + 1
    problems = workspace.problems({"platform.yaml": f"{SMALL_PLATFORM}{keys}\n"})
    assert [problem.partition(" [")[0] for problem in problems] == [
        f"platform.yaml:{line} severities.{key}: {what}; {hint}."
    ]


def test_a_severity_may_keep_its_name(workspace: Workspace) -> None:
    """A severity that is given its own name is as one that is not given a name."""
    workspace.write({"platform.yaml": f"{SMALL_PLATFORM}severities: {{page: page, ticket: warning}}\n"})
    assert load(Path("platform.yaml")).severity_name(PAGE) == "page"
