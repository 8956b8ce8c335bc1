"""Tools built from their pinned sources: once, whole, and again when a pin changes. Go is played by a script."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.external.build import built
from generator.external.tool import PROMTOOL
from tests.external.programs import program

COMPILES = """
echo built >> builds
while [ "$1" != -o ]; do shift; done
echo "$CGO_ENABLED $GOWORK" > "$2"
"""
FAILS = """
while [ "$1" != -o ]; do shift; done
echo half > "$2"
echo 'go: go.mod requires go >= 1.26.7 (running go 1.22.1; GOTOOLCHAIN=local)' >&2
exit 1
"""


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with two pins, and a PATH that holds Go and nothing else."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "go.mod").write_text("module tools\n\ngo 1.26.7\n", encoding="utf-8")
    (tmp_path / "tools" / "go.sum").write_text("", encoding="utf-8")
    program(tmp_path / "bin" / "go", COMPILES)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def _builds(clone: Path) -> int:
    return len((clone / "tools" / "builds").read_text(encoding="utf-8").splitlines())


def test_it_is_built_once(clone: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The first call builds and says so with how long it takes; the second finds what is there and is silent."""
    assert built(PROMTOOL, clone) == clone / ".tools" / "promtool"
    said = capfd.readouterr().err
    assert "promtool: building 3.16.0 from tools/go.mod, once; this takes 2 to 3 minutes" in said
    built(PROMTOOL, clone)
    assert (capfd.readouterr().err, _builds(clone)) == ("", 1)


def test_neither_a_c_compiler_nor_a_workspace_takes_part(clone: Path) -> None:
    """cgo and go.work are switched off, whatever the user's machine has."""
    assert built(PROMTOOL, clone).read_text(encoding="utf-8") == "0 off\n"


@pytest.mark.parametrize("pin", ["go.mod", "go.sum"])
def test_a_changed_pin_is_built_anew(clone: Path, pin: str) -> None:
    """One more byte in a pin makes the built tool stale."""
    built(PROMTOOL, clone)
    with (clone / "tools" / pin).open("a", encoding="utf-8") as text:
        text.write("\n")
    built(PROMTOOL, clone)
    assert _builds(clone) == 2


def test_a_changed_command_is_built_anew(clone: Path) -> None:
    """Other tags make another tool."""
    built(PROMTOOL, clone)
    built(dataclasses.replace(PROMTOOL, tags=()), clone)
    assert _builds(clone) == 2


def test_one_that_was_left_without_its_stamp_is_built_anew(clone: Path) -> None:
    """A file in `.tools/` that no finished build vouches for is not taken."""
    (clone / ".tools").mkdir()
    (clone / ".tools" / "promtool").write_text("unknown", encoding="utf-8")
    assert built(PROMTOOL, clone).read_text(encoding="utf-8") == "0 off\n"


def test_a_failing_build_leaves_the_old_tool_and_no_half_one(clone: Path) -> None:
    """Go's own words and the Go that is needed are told; what was in `.tools/` before is still there, unmixed."""
    built(PROMTOOL, clone)
    (clone / "tools" / "go.sum").write_text("changed", encoding="utf-8")
    program(clone / "bin" / "go", FAILS)
    with pytest.raises(BuildError) as told:
        built(PROMTOOL, clone)
    assert str(told.value).startswith(
        "tools/go.mod: go build failed: go: go.mod requires go >= 1.26.7 (running go 1.22.1;"
    )
    assert "install Go 1.26.7 or newer" in str(told.value)
    assert sorted(path.name for path in (clone / ".tools").iterdir()) == [
        "promtool",
        "promtool.lock",
        "promtool.stamp",
    ]
    assert (clone / ".tools" / "promtool").read_text(encoding="utf-8") == "0 off\n"


def test_without_go(clone: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither promtool nor Go: the fault says how to get either, and nobody claims to be building."""
    (clone / "bin" / "go").unlink()
    with pytest.raises(BuildError) as told:
        built(PROMTOOL, clone)
    assert str(told.value) == (
        "tools/go.mod: promtool is not on this machine, nor is Go to build it; install Go 1.26.7 or newer "
        "(https://go.dev/dl) and let it fetch modules, or set $PROMTOOL to the path of promtool 3.0 or newer."
    )
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("pin", ["go.mod", "go.sum"])
def test_without_a_pin(clone: Path, pin: str) -> None:
    """An installed package has no pins to build from: that is said, not stumbled over."""
    (clone / "tools" / pin).unlink()
    with pytest.raises(
        BuildError, match=rf"tools/{pin}: there is no such file to build promtool from; work in a full clone"
    ):
        built(PROMTOOL, clone)


def test_where_nothing_can_be_written(clone: Path) -> None:
    """`.tools` is a file where a folder should be."""
    (clone / ".tools").write_text("", encoding="utf-8")
    with pytest.raises(BuildError, match=r"\.tools/promtool: it cannot be written \("):
        built(PROMTOOL, clone)


def test_two_at_once_build_once(clone: Path, root: Path) -> None:
    """Of two processes that need the tool at the same time, one builds and the other takes what was built."""
    program(clone / "bin" / "go", f"/bin/sleep 0.3\n{COMPILES}")
    code = "import sys, pathlib; from generator.external.build import *; from generator.external.tool import PROMTOOL"
    command = [sys.executable, "-c", f"{code}; built(PROMTOOL, pathlib.Path(sys.argv[1]))", str(clone)]
    both = [subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE) for _ in range(2)]
    assert [process.communicate() and process.returncode for process in both] == [0, 0]
    assert _builds(clone) == 1
