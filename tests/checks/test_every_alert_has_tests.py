"""The shipped alert tests prove what they cover, and cover every alert."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.checks.registry import coverage_problems, definition_problems
from generator.dsl.definitions import Definitions
from generator.ir.build import Compiled, Lowered
from tests.checks.builds import texts


@pytest.fixture(scope="module")
def with_tests(built: Compiled, definitions: Definitions) -> Lowered:
    """The lowered build with all alert tests."""
    return replace(built.lowered, definitions=definitions)


def test_every_alert_has_its_tests(with_tests: Lowered) -> None:
    """Every rule has an alert test for each kind of coverage, or a reason why the kind is not applicable."""
    assert texts(coverage_problems(with_tests)) == []


def test_every_alert_test_proves_its_coverage(with_tests: Lowered) -> None:
    """Every alert test can be built, is about an existing alert, and proves what it covers."""
    assert texts(definition_problems(with_tests)) == []
