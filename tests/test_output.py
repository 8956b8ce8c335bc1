"""`out/` is replaced atomically, only if a build wrote it, and no temporary folder is left."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.output import MARKER, Changes, changes, replace_folder

OLD = {MARKER: "old\n", "rules/errors.yaml": "old\n", "stale.yaml": "old\n"}
NEW = {MARKER: "new\n", "rules/errors.yaml": "old\n", "rules/latency.yaml": "café\n"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder that an earlier build wrote."""
    replace_folder(tmp_path / "out", OLD)
    return tmp_path / "out"


def contents(out: Path) -> dict[str, str]:
    """Return the files of a folder by their paths; assert that there is nothing beside it."""
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    return {
        path.relative_to(out).as_posix(): path.read_bytes().decode("utf-8") for path in out.rglob("*") if path.is_file()
    }


def problem_of(out: Path) -> str:
    """Return the only problem of writing the new texts."""
    with pytest.raises(BuildError) as error:
        replace_folder(out, NEW)
    (problem,) = error.value.problems
    return str(problem)


def test_a_folder_is_replaced_completely(out: Path) -> None:
    """New files are written byte for byte, stale files are removed, and no temporary folder is left."""
    replace_folder(out, NEW)
    assert contents(out) == NEW


def test_a_file_with_the_same_content_keeps_its_time(out: Path) -> None:
    """A file of the year 2001 keeps its modification time if its content is the same."""
    old = 1_000_000_000
    for path in OLD:
        os.utime(out / path, (old, old))
    replace_folder(out, NEW)
    assert [path for path in NEW if (out / path).stat().st_mtime == old] == ["rules/errors.yaml"]


def test_parent_folders_are_created(tmp_path: Path) -> None:
    """A folder is created with its parents, and other users can read it."""
    replace_folder(tmp_path / "a/b/out", NEW)
    assert contents(tmp_path / "a/b/out") == NEW
    assert (tmp_path / "a/b/out").stat().st_mode & 0o777 == 0o755


def test_a_half_written_folder_is_replaced(out: Path) -> None:
    """An `out/` with a truncated file and a missing file is replaced."""
    (out / "rules/errors.yaml").write_text("ol", encoding="utf-8")
    (out / "stale.yaml").unlink()
    replace_folder(out, NEW)
    assert contents(out) == NEW


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    """An existing empty folder is used."""
    (tmp_path / "out").mkdir()
    replace_folder(tmp_path / "out", NEW)
    assert contents(tmp_path / "out") == NEW


def test_a_folder_of_other_files_is_not_replaced(tmp_path: Path) -> None:
    """A folder that no build wrote is not replaced, because a misspelt OUT would delete it."""
    (tmp_path / "thesis.txt").write_text("ten years", encoding="utf-8")
    assert problem_of(tmp_path) == (
        f"{tmp_path}: the folder has thesis.txt, but no {MARKER}, so no build wrote it; "
        "give an empty folder, or one that a build wrote."
    )
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "ten years"


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("elsewhere")])
def test_a_path_that_is_not_a_folder_is_rejected(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """A file or a symbolic link at the path of the folder is not replaced."""
    make(tmp_path / "out")
    assert problem_of(tmp_path / "out") == (
        f"{tmp_path}/out: this is not a folder; give the path of a folder that can be replaced."
    )
    assert os.path.lexists(tmp_path / "out")


def test_an_unwritable_folder_gets_the_reason(tmp_path: Path) -> None:
    """A file at the path of the parent folder is reported with the error of the system."""
    (tmp_path / "file").touch()
    problem = problem_of(tmp_path / "file/out")
    assert problem.startswith(f"{tmp_path}/file/out: the folder cannot be written (")
    assert problem.endswith("; check the disk and the permissions, or use another output folder.")


def fail(nth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make only the nth rename fail, as on a full disk."""
    real, count = os.rename, iter(range(1, 9))

    def rename(source: Path, target: Path) -> None:
        if next(count) == nth:
            raise OSError(28, "No space left on device", str(target))
        real(source, target)

    monkeypatch.setattr(os, "rename", rename)


@pytest.mark.parametrize("nth", [1, 2])
def test_a_failed_exchange_keeps_the_old_folder(out: Path, monkeypatch: pytest.MonkeyPatch, nth: int) -> None:
    """The old folder stays, whether moving it away or moving the new one to its path failed."""
    fail(nth, monkeypatch)
    assert "the folder cannot be written (No space left on device: " in problem_of(out)
    assert contents(out) == OLD


def test_a_failed_write_keeps_the_old_folder(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full after the second file loses no old file and leaves no partial folder."""
    real, written = Path.write_bytes, []

    def write_bytes(path: Path, data: bytes) -> int:
        written.append(path)
        if len(written) > 2:
            raise OSError(28, "No space left on device", str(path))
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    assert "No space left on device" in problem_of(out)
    assert contents(out) == OLD


def test_an_interruption_keeps_the_old_folder(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C during a build leaves the folder unchanged."""

    def interrupted(path: Path, data: bytes) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace_folder(out, NEW)
    assert contents(out) == OLD


def test_changes_are_missing_different_and_stale_files(out: Path) -> None:
    """Missing, different and stale files are listed by their paths, with a predicate each."""
    difference = changes(out, NEW)
    assert difference == Changes(missing=("rules/latency.yaml",), different=(MARKER,), stale=("stale.yaml",))
    assert dict(difference.states()) == {
        "rules/latency.yaml": "is missing",
        MARKER: "differs from what the sources generate",
        "stale.yaml": "is not generated by the sources",
    }
    assert not changes(out, OLD)


def test_another_line_ending_is_a_change(out: Path) -> None:
    """Files are compared byte by byte, including line endings."""
    (out / MARKER).write_bytes(b"old\r\n")
    assert changes(out, OLD).different == (MARKER,)


def test_in_a_missing_folder_every_file_is_missing(tmp_path: Path) -> None:
    """In a folder that does not exist every file is missing."""
    assert changes(tmp_path / "out", NEW) == Changes(tuple(sorted(NEW)), (), ())
