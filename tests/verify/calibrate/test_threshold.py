"""A threshold is found at its key, builds with another value, and is written without touching anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.pipeline import TEST_PLATFORM
from generator.verify.calibrate.threshold import read_threshold, rules_with, write_threshold

OVERLAY = """# what differs
extends: {platform}
tenant_default: {{tokens_per_day: 100000, error_percent: 5}} # of all
tenants: {{"org.example": {{error_percent: 5.5}}}}
"""


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    """A platform that extends that of the tests."""
    file = tmp_path / "overlay.yaml"
    file.write_text(OVERLAY.format(platform=TEST_PLATFORM.resolve()), encoding="utf-8")
    return file


def test_a_threshold_is_found_in_what_is_extended(overlay: Path) -> None:
    """The overlay has one number itself, and inherits the other."""
    own = read_threshold(overlay, "tenant_default.error_percent")
    assert (own.value, own.location.file, own.location.line) == (5, str(overlay), 3)
    inherited = read_threshold(overlay, "thresholds.errors.outage_percent")
    assert inherited.location.file == str(TEST_PLATFORM.resolve())
    assert read_threshold(overlay, "tenants.org.example.error_percent").value == 5.5


def test_a_key_that_is_no_number_is_a_problem(overlay: Path) -> None:
    """The hint has the nearest one."""
    with pytest.raises(BuildError, match=r'did you mean "tenant_default\.error_percent"'):
        read_threshold(overlay, "tenant_default.eror_percent")
    with pytest.raises(BuildError, match="has no such number"):
        read_threshold(overlay, "tenant_default")


def test_another_value_gives_other_rules(overlay: Path) -> None:
    """Where 5 % may fail, 8 % may; nothing else differs."""
    threshold = read_threshold(overlay, "tenant_default.error_percent")
    before, after = ({rule.series: rule.body for rule in rules_with(threshold, value)} for value in (5, 8))
    (name,) = {name for name in before if before[name] != after[name]}
    assert name == "tenant_id:error_share:limit"
    assert ("0.05 * group" in before[name]["expr"], "0.08 * group" in after[name]["expr"]) == (True, True)


def test_a_value_that_does_not_build_is_a_problem(overlay: Path) -> None:
    """The place is the value, not a file that nobody wrote."""
    threshold = read_threshold(overlay, "tenant_default.error_percent")
    with pytest.raises(BuildError) as raised:
        rules_with(threshold, 500)
    assert [problem.where for problem in raised.value.problems] == ["tenant_default.error_percent = 500"]


def test_a_value_is_written_where_the_number_stands(overlay: Path) -> None:
    """Comments, other numbers and the line's order stay."""
    write_threshold(read_threshold(overlay, "tenant_default.error_percent"), 7.5)
    write_threshold(read_threshold(overlay, "tenants.org.example.error_percent"), 8)
    expected = OVERLAY.format(platform=TEST_PLATFORM.resolve())
    expected = expected.replace("error_percent: 5}", "error_percent: 7.5}").replace("5.5", "8")
    assert overlay.read_text(encoding="utf-8") == expected
