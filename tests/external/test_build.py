"""Tools are built once, atomically, and again when a pin changes. A script stands in for Go."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.external.build import build_tool
from generator.external.tool import PROMTOOL
from tests.external.programs import program

SUCCEEDING_GO = """
echo built >> builds
while [ "$1" != -o ]; do shift; done
echo "$CGO_ENABLED $GOWORK" > "$2"
"""
FAILING_GO = """
while [ "$1" != -o ]; do shift; done
echo half > "$2"
echo 'go: go.mod requires go >= 1.26.7 (running go 1.22.1; GOTOOLCHAIN=local)' >&2
exit 1
"""


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with go.mod and go.sum, and a PATH with nothing but Go."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "go.mod").write_text("module tools\n\ngo 1.26.7\n", encoding="utf-8")
    (tmp_path / "tools" / "go.sum").write_text("", encoding="utf-8")
    program(tmp_path / "bin" / "go", SUCCEEDING_GO)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def _build_count(clone: Path) -> int:
    return len((clone / "tools" / "builds").read_text(encoding="utf-8").splitlines())


def test_a_tool_is_built_once(clone: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The first call builds and logs how long that takes; the second call returns the built tool and logs nothing."""
    assert build_tool(PROMTOOL, clone) == clone / ".tools" / "promtool"
    log = capfd.readouterr().err
    assert "promtool: building 3.16.0 from tools/go.mod; this takes 2 to 3 minutes, once" in log
    build_tool(PROMTOOL, clone)
    assert (capfd.readouterr().err, _build_count(clone)) == ("", 1)


def test_cgo_and_go_work_are_disabled(clone: Path) -> None:
    """cgo and go.work are disabled, whatever the user's machine has."""
    assert build_tool(PROMTOOL, clone).read_text(encoding="utf-8") == "0 off\n"


@pytest.mark.parametrize("pin", ["go.mod", "go.sum"])
def test_a_changed_pin_causes_a_rebuild(clone: Path, pin: str) -> None:
    """One more byte in a pin makes the built tool out of date."""
    build_tool(PROMTOOL, clone)
    with (clone / "tools" / pin).open("a", encoding="utf-8") as text:
        text.write("\n")
    build_tool(PROMTOOL, clone)
    assert _build_count(clone) == 2


def test_a_changed_build_command_causes_a_rebuild(clone: Path) -> None:
    """Other build tags make the built tool out of date."""
    build_tool(PROMTOOL, clone)
    build_tool(dataclasses.replace(PROMTOOL, tags=()), clone)
    assert _build_count(clone) == 2


def test_a_tool_without_its_stamp_is_rebuilt(clone: Path) -> None:
    """A file in `.tools/` without the stamp of a finished build is not used."""
    (clone / ".tools").mkdir()
    (clone / ".tools" / "promtool").write_text("unknown", encoding="utf-8")
    assert build_tool(PROMTOOL, clone).read_text(encoding="utf-8") == "0 off\n"


def test_a_failing_build_keeps_the_previous_tool(clone: Path) -> None:
    """The error contains Go's message and the required Go version; `.tools/` still has the previous build, complete."""
    build_tool(PROMTOOL, clone)
    (clone / "tools" / "go.sum").write_text("changed", encoding="utf-8")
    program(clone / "bin" / "go", FAILING_GO)
    with pytest.raises(BuildError) as raised:
        build_tool(PROMTOOL, clone)
    assert str(raised.value).startswith(
        "tools/go.mod: go build failed: go: go.mod requires go >= 1.26.7 (running go 1.22.1;"
    )
    assert "install Go 1.26.7 or newer" in str(raised.value)
    assert sorted(path.name for path in (clone / ".tools").iterdir()) == [
        "promtool",
        "promtool.lock",
        "promtool.stamp",
    ]
    assert (clone / ".tools" / "promtool").read_text(encoding="utf-8") == "0 off\n"


def test_without_go(clone: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Without promtool and Go, the problem's hint says how to install either, and no build is logged."""
    (clone / "bin" / "go").unlink()
    with pytest.raises(BuildError) as raised:
        build_tool(PROMTOOL, clone)
    assert str(raised.value) == (
        "tools/go.mod: neither promtool nor Go, which builds it, is installed; install Go 1.26.7 or newer "
        "(https://go.dev/dl) and let it download modules, or set $PROMTOOL to the path of promtool 3.6 or newer."
    )
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("pin", ["go.mod", "go.sum"])
def test_without_a_pin(clone: Path, pin: str) -> None:
    """An installed package has no pins to build from, which is a problem with a hint."""
    (clone / "tools" / pin).unlink()
    with pytest.raises(
        BuildError, match=rf"tools/{pin}: file not found, so promtool cannot be built; work in a full clone"
    ):
        build_tool(PROMTOOL, clone)


def test_a_folder_that_cannot_be_written(clone: Path) -> None:
    """A file named `.tools` in place of the folder is a problem."""
    (clone / ".tools").write_text("", encoding="utf-8")
    with pytest.raises(BuildError, match=r"\.tools/promtool: it cannot be written \("):
        build_tool(PROMTOOL, clone)


def test_concurrent_processes_build_once(clone: Path, root: Path) -> None:
    """Of two processes that need the tool at the same time, one builds it and the other uses the result."""
    program(clone / "bin" / "go", f"/bin/sleep 0.3\n{SUCCEEDING_GO}")
    code = "import sys, pathlib; from generator.external.build import *; from generator.external.tool import PROMTOOL"
    command = [sys.executable, "-c", f"{code}; build_tool(PROMTOOL, pathlib.Path(sys.argv[1]))", str(clone)]
    processes = [subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE) for _ in range(2)]
    assert [process.communicate() and process.returncode for process in processes] == [0, 0]
    assert _build_count(clone) == 1
