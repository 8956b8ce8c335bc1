"""Writing `out/`: whole or not at all, only over what is ours, and nothing left beside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.output import OURS, Changes, changes, replace_folder

OLD = {OURS: "old\n", "rules/errors.yaml": "old\n", "stale.yaml": "old\n"}
NEW = {OURS: "new\n", "rules/errors.yaml": "old\n", "rules/latency.yaml": "café\n"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder that an earlier build filled."""
    replace_folder(tmp_path / "out", OLD)
    return tmp_path / "out"


def held(out: Path) -> dict[str, str]:
    """What a folder holds, by paths; and that nothing lies beside it."""
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    return {p.relative_to(out).as_posix(): p.read_bytes().decode("utf-8") for p in out.rglob("*") if p.is_file()}


def refusal(out: Path) -> str:
    """What is said when new texts are written."""
    with pytest.raises(BuildError) as refused:
        replace_folder(out, NEW)
    (problem,) = refused.value.problems
    return str(problem)


def test_a_folder_is_replaced_whole(out: Path) -> None:
    """What is new is there, byte for byte, what is stale is gone, and no temporary folder is left."""
    replace_folder(out, NEW)
    assert held(out) == NEW


def test_what_says_the_same_keeps_its_time(out: Path) -> None:
    """A file of the year 2001 that is written again as it was is of 2001 still; one that is new is not."""
    old = 1_000_000_000
    for path in OLD:
        os.utime(out / path, (old, old))
    replace_folder(out, NEW)
    assert [path for path in NEW if (out / path).stat().st_mtime == old] == ["rules/errors.yaml"]


def test_folders_above_are_made(tmp_path: Path) -> None:
    """A folder that does not exist is made with those above it, and others may read it."""
    replace_folder(tmp_path / "a/b/out", NEW)
    assert held(tmp_path / "a/b/out") == NEW
    assert (tmp_path / "a/b/out").stat().st_mode & 0o777 == 0o755


def test_a_half_written_folder_is_replaced(out: Path) -> None:
    """An `out/` with a file cut short and others missing is made whole."""
    (out / "rules/errors.yaml").write_text("ol", encoding="utf-8")
    (out / "stale.yaml").unlink()
    replace_folder(out, NEW)
    assert held(out) == NEW


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    """A folder that somebody made beforehand is used."""
    (tmp_path / "out").mkdir()
    replace_folder(tmp_path / "out", NEW)
    assert held(tmp_path / "out") == NEW


def test_somebody_elses_folder_is_refused(tmp_path: Path) -> None:
    """A folder with something that no build made is not replaced: a misspelt OUT would delete it."""
    (tmp_path / "thesis.txt").write_text("ten years", encoding="utf-8")
    said = refusal(tmp_path)
    assert said == (
        f"{tmp_path}: it holds thesis.txt, which no build made; "
        "name an empty folder, or one that an earlier build filled."
    )
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "ten years"


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("elsewhere")])
def test_what_is_no_folder_is_refused(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """A file, or a link, in the place of the folder is left alone."""
    make(tmp_path / "out")
    assert refusal(tmp_path / "out") == f"{tmp_path}/out: it is not a folder; name a folder that can be replaced."
    assert os.path.lexists(tmp_path / "out")


def test_an_unwritable_place_is_told(tmp_path: Path) -> None:
    """Where a file stands in the way of the folder above, the reason is told."""
    (tmp_path / "file").touch()
    said = refusal(tmp_path / "file/out")
    assert said.startswith(f"{tmp_path}/file/out: it cannot be written (")
    assert said.endswith("; mend its rights, or name another OUT.")


def fail(nth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the nth renaming fail, as on a full disk, and none else."""
    real, count = os.rename, iter(range(1, 9))

    def rename(source: Path, target: Path) -> None:
        if next(count) == nth:
            raise OSError(28, "No space left on device", str(target))
        real(source, target)

    monkeypatch.setattr(os, "rename", rename)


@pytest.mark.parametrize("nth", [1, 2])
def test_a_failure_while_exchanging_leaves_what_was(out: Path, monkeypatch: pytest.MonkeyPatch, nth: int) -> None:
    """Whether the old folder could not be moved away or the new one not put there: the old one is there, alone."""
    fail(nth, monkeypatch)
    assert "it cannot be written (No space left on device: " in refusal(out)
    assert held(out) == OLD


def test_a_failure_while_writing_leaves_what_was(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full after the second file loses nothing, and leaves nothing half-written."""
    real, written = Path.write_bytes, []

    def write_bytes(path: Path, data: bytes) -> int:
        written.append(path)
        if len(written) > 2:
            raise OSError(28, "No space left on device", str(path))
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    assert "No space left on device" in refusal(out)
    assert held(out) == OLD


def test_an_interruption_leaves_what_was(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who stops a build in the middle finds the folder as it was."""

    def interrupted(path: Path, data: bytes) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace_folder(out, NEW)
    assert held(out) == OLD


def test_changes_are_found_both_ways(out: Path) -> None:
    """What is missing, what differs and what is stale, each by its path, and said so."""
    found = changes(out, NEW)
    assert found == Changes(missing=("rules/latency.yaml",), different=(OURS,), stale=("stale.yaml",))
    assert dict(found.states()) == {
        "rules/latency.yaml": "is missing",
        OURS: "is not what the sources say",
        "stale.yaml": "is not made by any source",
    }
    assert not changes(out, OLD)


def test_another_line_ending_is_a_change(out: Path) -> None:
    """Bytes are compared: what an editor or a checkout did to line endings is found."""
    (out / OURS).write_bytes(b"old\r\n")
    assert changes(out, OLD).different == (OURS,)


def test_nothing_there_is_all_missing(tmp_path: Path) -> None:
    """A folder that does not exist lacks everything."""
    assert changes(tmp_path / "out", NEW) == Changes(tuple(sorted(NEW)), (), ())
