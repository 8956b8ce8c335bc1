"""Where a program is missing, what needs it is left out and said so; where nothing may be, it fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import BuildError, Problem
from generator.external.tool import PROMETHEUS, ROOT, Tool
from tests.leaving_out import leave_out, summary, without_go

ENDINGS = (pytest.skip.Exception, pytest.fail.Exception, BuildError)
"""All are caught, for a skip that nobody expected would leave the test out instead of failing it."""


def unbuilt(tool: Tool, root: Path) -> Path:
    """A builder that fails."""
    raise BuildError([Problem(tool.name, "it cannot be built", "mend it")])


def test_without_go_a_test_that_needs_a_tool_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is skipped, through whatever catches faults on the way, and the reason names the tool."""
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="there is no Go to build prometheus"):
        without_go(unbuilt)(PROMETHEUS, ROOT)


def test_where_nothing_may_be_left_out_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """CI says so by its variable."""
    monkeypatch.setenv("CI", "true")
    with pytest.raises(ENDINGS, match="no Node, and with CI=true nothing may be left out") as told:
        leave_out("no Node")
    assert told.type is pytest.fail.Exception


def test_a_build_that_fails_is_no_reason_to_leave_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With Go, or in another folder than the project's, the fault is told."""
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(ENDINGS, match="it cannot be built"):
        without_go(unbuilt)(PROMETHEUS, tmp_path)
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/go")
    with pytest.raises(ENDINGS, match="it cannot be built"):
        without_go(unbuilt)(PROMETHEUS, ROOT)


def test_what_was_left_out_is_one_line() -> None:
    """Each reason with how many tests it took; skips for other reasons are not of it."""
    reasons = ["Skipped: left out: no Go", "Skipped: nothing is built yet", "left out: no Node", "left out: no Go"]
    assert summary(reasons) == "Left out: 2 tests (no Go), 1 test (no Node)."
    assert summary(reasons[1:2]) == ""
