"""A tool is taken from its environment variable, from PATH, or built."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import BuildError, Problem
from generator.external import find as find_module
from generator.external.find import find_tool
from generator.external.tool import ALERTMANAGER, AMTOOL, PROMETHEUS, PROMTOOL, TOOLS, Tool
from tests.external.programs import program, versioned_program

HINT = "set $PROMTOOL to the path of promtool 3.6 or newer, or unset it"


@pytest.fixture
def search_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, the only one on PATH; no tool's environment variable is set."""
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    for tool in TOOLS.values():
        monkeypatch.delenv(tool.environment_variable, raising=False)
    monkeypatch.setattr(find_module, "build_tool", lambda tool, root: root / ".tools" / tool.name)
    return folder


def _problem(path: Path | str, monkeypatch: pytest.MonkeyPatch) -> Problem:
    monkeypatch.setenv("PROMTOOL", str(path))
    with pytest.raises(BuildError) as raised:
        find_tool(PROMTOOL, Path("root"), timeout=5)
    (problem,) = raised.value.problems
    assert (problem.where, problem.hint) == ("$PROMTOOL", HINT)
    return problem


@pytest.mark.parametrize("tool", [PROMTOOL, PROMETHEUS, AMTOOL, ALERTMANAGER], ids=lambda tool: tool.name)
def test_the_environment_variable_comes_first(
    tool: Tool, search_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tool that its environment variable names is used even if PATH has a usable one."""
    versioned_program(search_path / tool.name, "9.9.9")
    named = versioned_program(tmp_path / "named" / tool.name, "9.0.0")
    monkeypatch.setenv(tool.name.upper(), str(named))
    assert find_tool(tool, tmp_path) == named


def test_the_minimum_version_on_path_is_used(search_path: Path, tmp_path: Path) -> None:
    """promtool 3.6.0 on PATH is used."""
    assert find_tool(PROMTOOL, tmp_path) == tmp_path / ".tools" / "promtool"
    on_path = versioned_program(search_path / "promtool", "3.6.0")
    assert find_tool(PROMTOOL, tmp_path) == on_path


@pytest.mark.parametrize("version", ["2.53.1", "", "unknown"])
def test_an_old_version_on_path_is_not_used(
    version: str, search_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A promtool on PATH with a version below 3.6, or without a version, is not a problem: the built one is used, and
    a line says why."""
    versioned_program(search_path / "promtool", version)
    assert find_tool(PROMTOOL, tmp_path) == tmp_path / ".tools" / "promtool"
    line = capsys.readouterr().err
    assert line.startswith(f"promtool: {search_path / 'promtool'} ")
    assert line.endswith(", not promtool 3.6 or newer; .tools/promtool is used\n")


def test_versions_are_compared_as_numbers(search_path: Path, tmp_path: Path) -> None:
    """Version 0.100 is newer than 0.28, and 0.9 is older."""
    versioned_program(search_path / "amtool", "0.9.1")
    assert find_tool(AMTOOL, tmp_path) == tmp_path / ".tools" / "amtool"
    versioned_program(search_path / "amtool", "0.100.0")
    assert find_tool(AMTOOL, tmp_path) == search_path / "amtool"


def test_a_named_file_that_does_not_exist(search_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A $PROMTOOL that does not exist is a problem."""
    missing = tmp_path / "missing"
    assert _problem(missing, monkeypatch).what == f"there is no {missing}"


def test_a_named_file_that_is_not_executable(
    search_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A $PROMTOOL without execute permission is a problem."""
    plain = versioned_program(tmp_path / "plain", "3.1.0")
    plain.chmod(0o644)
    assert _problem(plain, monkeypatch).what == f"{plain} is not executable"


def test_a_named_file_that_is_not_a_program(search_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A $PROMTOOL that the system cannot start is a problem."""
    junk = program(tmp_path / "junk", "")
    junk.write_bytes(b"\x7fELF and nothing else")
    assert _problem(junk, monkeypatch).what == f"{junk} cannot be started (Exec format error)"


def test_a_named_tool_that_is_too_old(search_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A $PROMTOOL older than 3.6 is a problem."""
    old = versioned_program(tmp_path / "promtool", "2.42.0+ds")
    assert _problem(old, monkeypatch).what == f"{old} is version 2.42"


def test_a_named_tool_that_is_another_program(
    search_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A $PROMTOOL that prints the version of another program is a problem."""
    other = versioned_program(tmp_path / "prometheus", "3.1.0")
    what = _problem(other, monkeypatch).what
    assert what.startswith(f"{other} --version prints no version of promtool: prometheus, version 3.1.0")


def test_a_named_tool_that_hangs(search_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A $PROMTOOL that does not print its version in time is a problem."""
    stuck = program(tmp_path / "promtool", "exec /bin/sleep 60")
    monkeypatch.setenv("PROMTOOL", str(stuck))
    with pytest.raises(BuildError, match=r"--version did not end within 0\.2 seconds"):
        find_tool(PROMTOOL, tmp_path, timeout=0.2)
