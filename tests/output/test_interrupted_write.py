"""A build that was interrupted at any step is completed by the next one, of the same or of changed sources."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from generator.errors import BuildError
from generator.output.write import IncompleteOutput, write_files
from tests.output.sample_output import FIRST, SECOND, complete, contents

OPERATIONS = ("open", "replace", "unlink", "mkdir", "rmdir")
THIRD = {**FIRST, "rules/errors.yaml": "third\n", "tests/errors.yaml": "third\n", "runbooks/new.md": "third\n"}
EMPTY: dict[str, str] = {}


class Killed(BaseException):
    """The process is killed: it does nothing any more."""


@contextmanager
def interrupted(step: int, error: Callable[[], BaseException], forever: bool) -> Iterator[list[str]]:
    """Let the given step of all that change a folder fail, and with `forever` all that follow. Yields the names of the
    steps so far."""
    steps: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in OPERATIONS:
            real = getattr(os, name)

            def operation(*arguments: Any, _name: str = name, _real: Any = real, **options: Any) -> Any:
                if _name == "open" and not arguments[1] & os.O_CREAT:
                    return _real(*arguments, **options)
                steps.append(_name)
                if len(steps) == step or (forever and len(steps) > step):
                    raise error()
                return _real(*arguments, **options)

            patch.setattr(os, name, operation)
        yield steps


def killed_at(step: int, out: Path, texts: dict[str, str]) -> bool:
    """Build, and kill the process at a step; whether the build had that many steps."""
    with interrupted(step, Killed, forever=True) as steps:
        try:
            write_files(out, texts)
        except Killed:
            return True
    assert len(steps) < step
    return False


@pytest.mark.parametrize("earlier", [EMPTY, FIRST], ids=["a new folder", "a folder of a build"])
@pytest.mark.parametrize("then", [SECOND, THIRD, FIRST], ids=["the same", "changed", "the earlier"])
def test_the_next_build_completes_a_killed_one(tmp_path: Path, earlier: dict[str, str], then: dict[str, str]) -> None:
    """Whatever the step, the next build leaves what a build into a new folder has, and nothing else."""
    step = 0
    was_killed = True
    while was_killed:
        step += 1
        out = tmp_path / str(step)
        if earlier:
            write_files(out, earlier)
        was_killed = killed_at(step, out, SECOND)
        write_files(out, then)
        assert contents(out) == complete(then), f"killed at step {step}"
    assert step > 12


def test_builds_that_are_killed_one_after_the_other_are_completed(tmp_path: Path) -> None:
    """A build of other sources, killed too, does not make the first one's files foreign."""
    for first in range(1, 14):
        for second in range(1, 14):
            out = tmp_path / f"{first}-{second}"
            write_files(out, FIRST)
            killed_at(first, out, SECOND)
            killed_at(second, out, THIRD)
            write_files(out, FIRST)
            assert contents(out) == complete(FIRST), f"killed at the steps {first} and {second}"


def test_the_adoption_of_a_folder_is_completed(tmp_path: Path) -> None:
    """A folder of an earlier version without a manifest is adopted by the build after a killed one, too."""
    for step in range(1, 14):
        out = tmp_path / str(step)
        write_files(out, FIRST)
        (out / "manifest.sha256").unlink()
        killed_at(step, out, SECOND)
        write_files(out, THIRD)
        extra = {path: text for path, text in contents(out).items() if path not in complete(THIRD)}
        assert contents(out) == {**complete(THIRD), **extra}
        assert extra.keys() <= {"rules/latency.yaml"}


def test_a_failed_step_is_reported_and_completed(tmp_path: Path) -> None:
    """A full disk at any step is one problem, leaves no temporary file, and the next build completes the folder."""
    kinds = []
    for step in range(1, 40):
        out = tmp_path / str(step)
        write_files(out, FIRST)
        error = error_at(step, out, SECOND)
        if error:
            kinds.append(type(error))
            assert "the folder cannot be written (No space left on device: x)" in str(error)
            assert [path for path in contents(out) if path.endswith(".new")] == []
            assert isinstance(error, IncompleteOutput) or contents(out) == complete(FIRST)
        write_files(out, SECOND)
        assert contents(out) == complete(SECOND), f"failed at step {step}"
    assert set(kinds) == {BuildError, IncompleteOutput}
    assert len(kinds) > 10


def error_at(step: int, out: Path, texts: dict[str, str]) -> BuildError | None:
    """Build on a disk that is full at a step. None: the build had fewer steps, or does without this one."""
    with interrupted(step, lambda: OSError(28, "No space left on device", "x"), forever=False):
        try:
            write_files(out, texts)
        except BuildError as error:
            return error
    return None


def test_an_edit_after_an_interruption_is_found(tmp_path: Path) -> None:
    """The journal lists what the build would write: other content is an edit, also in a new folder."""
    assert killed_at(8, tmp_path / "out", SECOND)
    written = [path for path in contents(tmp_path / "out") if not path.startswith(".")]
    assert written != []
    (tmp_path / "out" / written[0]).write_text("edited", encoding="utf-8")
    with pytest.raises(BuildError, match="the file was changed since a build wrote it") as error:
        write_files(tmp_path / "out", SECOND)
    assert len(error.value.problems) == 1


def test_a_foreign_file_after_an_interruption_is_found(tmp_path: Path) -> None:
    """A file that only the changed sources make, and that a person wrote meanwhile, is not overwritten."""
    assert killed_at(8, tmp_path / "out", SECOND)
    (tmp_path / "out/runbooks").mkdir()
    (tmp_path / "out/runbooks/new.md").write_text("of a person", encoding="utf-8")
    with pytest.raises(BuildError, match=r"runbooks/new\.md: the file exists, and no build wrote it"):
        write_files(tmp_path / "out", THIRD)


def test_ctrl_c_leaves_no_temporary_file(tmp_path: Path) -> None:
    """An interruption that Python sees removes the file that was being written."""
    out = tmp_path / "out"
    write_files(out, FIRST)
    with pytest.raises(KeyboardInterrupt), interrupted(4, KeyboardInterrupt, forever=False):
        write_files(out, SECOND)
    assert [path for path in contents(out) if path.endswith(".new")] == []
    write_files(out, SECOND)
    assert contents(out) == complete(SECOND)
