"""The prefix of metrics in a platform file."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.config.load import load
from tests.config.small_platform import SMALL_PLATFORM, Workspace

HINT = 'give at most 32 lowercase letters, digits and single _, the first a letter and the last _, such as "acme_"'


@pytest.mark.parametrize(("text", "prefix"), [("", ""), ("metrics: {}\n", ""), ("metrics: {prefix: a1_b_}\n", "a1_b_")])
def test_a_platform_can_have_a_prefix(workspace: Workspace, text: str, prefix: str) -> None:
    """Without one the names are the contract's."""
    workspace.write({"platform.yaml": SMALL_PLATFORM + text})
    assert load(Path("platform.yaml")).metric_prefix == prefix


@pytest.mark.parametrize("prefix", ["acme", "Acme_", "_acme_", "a__b_", "1a_", "a:b_", "'a b_'", "''"])
def test_an_invalid_prefix_is_a_problem(workspace: Workspace, prefix: str) -> None:
    """A prefix begins with a letter and ends with an underscore, so that the name after it stays readable."""
    problems = workspace.problems({"platform.yaml": f"{SMALL_PLATFORM}metrics: {{prefix: {prefix}}}\n"})
    shown = prefix.strip("'")
    assert problems == [f'platform.yaml:21 metrics.prefix: "{shown}" is not a prefix of metrics; {HINT}.']


def test_a_misspelt_key_is_a_problem(workspace: Workspace) -> None:
    """The hint names the key that exists."""
    assert workspace.problems({"platform.yaml": f"{SMALL_PLATFORM}metrics: {{prefx: a_}}\n"}) == [
        'platform.yaml:21 metrics.prefx: unknown key; did you mean "prefix"? If not, remove it.'
    ]
