"""Where a tool is: named by its variable, on PATH, or built here."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import BuildError, Problem
from generator.external import find as find_module
from generator.external.find import find_tool
from generator.external.tool import ALERTMANAGER, AMTOOL, PROMETHEUS, PROMTOOL, TOOLS, Tool
from tests.external.programs import program, telling

CURE = "set $PROMTOOL to the path of promtool 3.0 or newer, or unset it"


@pytest.fixture
def search_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is all of PATH, but for the shell's own programs; no tool's variable is set."""
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    for tool in TOOLS.values():
        monkeypatch.delenv(tool.variable, raising=False)
    monkeypatch.setattr(find_module, "built", lambda tool, root: root / ".tools" / tool.name)
    return folder


def _fault(place: Path | str, monkeypatch: pytest.MonkeyPatch) -> Problem:
    monkeypatch.setenv("PROMTOOL", str(place))
    with pytest.raises(BuildError) as told:
        find_tool(PROMTOOL, Path("root"), patience=5)
    (problem,) = told.value.problems
    assert (problem.where, problem.hint) == ("$PROMTOOL", CURE)
    return problem


@pytest.mark.parametrize("tool", [PROMTOOL, PROMETHEUS, AMTOOL, ALERTMANAGER], ids=lambda tool: tool.name)
def test_the_named_one_comes_first(
    tool: Tool, search_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tool named by its variable is taken even where PATH has one that would do."""
    telling(search_path / tool.name, "9.9.9")
    named = telling(tmp_path / "mine" / tool.name, "9.0.0")
    monkeypatch.setenv(tool.name.upper(), str(named))
    assert find_tool(tool, tmp_path) == named


def test_one_on_path_is_taken_from_3_0_on(search_path: Path, tmp_path: Path) -> None:
    """3.0.0 on PATH will do."""
    assert find_tool(PROMTOOL, tmp_path) == tmp_path / ".tools" / "promtool"
    on_path = telling(search_path / "promtool", "3.0.0")
    assert find_tool(PROMTOOL, tmp_path) == on_path


@pytest.mark.parametrize("version", ["2.53.1", "", "unknown"])
def test_an_old_or_nameless_one_on_path_is_passed_over(version: str, search_path: Path, tmp_path: Path) -> None:
    """What PATH happens to have is no fault: a version below 3.0, or none, is left for the one that is built."""
    telling(search_path / "promtool", version)
    assert find_tool(PROMTOOL, tmp_path) == tmp_path / ".tools" / "promtool"


def test_versions_are_compared_as_numbers(search_path: Path, tmp_path: Path) -> None:
    """0.100 is newer than 0.28, 0.9 is older."""
    telling(search_path / "amtool", "0.9.1")
    assert find_tool(AMTOOL, tmp_path) == tmp_path / ".tools" / "amtool"
    telling(search_path / "amtool", "0.100.0")
    assert find_tool(AMTOOL, tmp_path) == search_path / "amtool"


def test_a_name_that_leads_nowhere(search_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """$PROMTOOL names a file that is not there."""
    missing = tmp_path / "missing"
    assert _fault(missing, monkeypatch).what == f"there is no {missing}"


def test_a_named_file_that_may_not_run(search_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """$PROMTOOL names a file without the right to execute it."""
    plain = telling(tmp_path / "plain", "3.1.0")
    plain.chmod(0o644)
    assert _fault(plain, monkeypatch).what == f"{plain} may not be executed"


def test_a_named_file_that_is_no_program(search_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """$PROMTOOL names bytes that the system cannot start."""
    junk = program(tmp_path / "junk", "")
    junk.write_bytes(b"\x7fELF and nothing else")
    assert _fault(junk, monkeypatch).what == f"{junk} cannot be started (Exec format error)"


def test_a_named_one_that_is_too_old(search_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """$PROMTOOL names a promtool of before 3.0."""
    old = telling(tmp_path / "promtool", "2.42.0+ds")
    assert _fault(old, monkeypatch).what == f"{old} is version 2.42"


def test_a_named_one_that_is_another_program(
    search_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """$PROMTOOL names a program of another name, whose version means nothing."""
    other = telling(tmp_path / "prometheus", "3.1.0")
    told = _fault(other, monkeypatch).what
    assert told.startswith(f"{other} --version tells no version of promtool: prometheus, version 3.1.0")


def test_a_named_one_that_hangs(search_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """$PROMTOOL names a program that never answers."""
    stuck = program(tmp_path / "promtool", "exec /bin/sleep 60")
    monkeypatch.setenv("PROMTOOL", str(stuck))
    with pytest.raises(BuildError, match=r"--version gave no answer in 0\.2 seconds"):
        find_tool(PROMTOOL, tmp_path, patience=0.2)
