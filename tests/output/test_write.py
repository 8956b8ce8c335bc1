"""A build writes its own files and touches no others: not those of git, of other tools, or edited by hand."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.output import METRICS_JSON
from generator.output.write import Written, write_files
from tests.output.sample_output import CONTRACT, FIRST, SECOND, complete, contents

EDITED = "move the change to the sources, or overwrite it with --force (make build FORCE=yes)."
FOREIGN = "move the file away, or overwrite it with --force (make build FORCE=yes)."


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder that an earlier build wrote."""
    write_files(tmp_path / "out", FIRST)
    return tmp_path / "out"


def problems_of(out: Path, force: bool = False) -> list[str]:
    """The problems of the second build, which writes nothing then."""
    before = contents(out)
    with pytest.raises(BuildError) as error:
        write_files(out, SECOND, force)
    assert contents(out) == before
    return [str(problem) for problem in error.value.problems]


def test_a_build_replaces_what_an_earlier_one_wrote(out: Path) -> None:
    """New files are written byte for byte, stale files and their empty folders are removed, and nothing is left."""
    assert write_files(out, SECOND) == Written(
        created=("rules/latency.yaml", "tests/errors.yaml"),
        replaced=("rules/errors.yaml",),
        removed=("runbooks/old/stale.md", "stale.md"),
        unlisted=(),
    )
    assert contents(out) == complete(SECOND)
    assert sorted(path.name for path in out.iterdir()) == ["contract", "manifest.sha256", "rules", "tests"]
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_file_with_the_same_content_keeps_its_time(out: Path) -> None:
    """Files of the year 2001 keep their modification time if their content is the same; a second build writes none."""
    old = 1_000_000_000
    for path in (path for path in out.rglob("*") if path.is_file()):
        os.utime(path, (old, old))
    write_files(out, FIRST)
    assert {path.stat().st_mtime for path in out.rglob("*") if path.is_file()} == {old}
    write_files(out, SECOND)
    kept = [
        path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file() if path.stat().st_mtime == old
    ]
    assert sorted(kept) == [METRICS_JSON, "rules/unchanged.yaml"]


def test_folders_are_created_for_all_to_read(tmp_path: Path) -> None:
    """A folder is created with its parents; the permissions are those that the umask leaves."""
    umask = os.umask(0o022)
    try:
        write_files(tmp_path / "a/b/out", SECOND)
    finally:
        os.umask(umask)
    out = tmp_path / "a/b/out"
    assert contents(out) == complete(SECOND)
    assert {path.stat().st_mode & 0o777 for path in (out, *out.rglob("*")) if path.is_dir()} == {0o755}
    assert {path.stat().st_mode & 0o777 for path in out.rglob("*") if path.is_file()} == {0o644}


def test_missing_files_are_written_again(out: Path) -> None:
    """A listed file that was removed, and a removed empty folder, are no problem."""
    (out / "rules/errors.yaml").unlink()
    (out / "stale.md").unlink()
    write_files(out, SECOND)
    assert contents(out) == complete(SECOND)


def test_files_of_others_stay(out: Path) -> None:
    """Hidden files, files in folders of the build and folders of others are as they were, also where a stale file was
    beside them."""
    others = {
        ".env": "a",
        "runbooks/old/notes.md": "b",
        "rules/own.yaml": "c",
        "notes/.hidden/d.md": "d",
        ".git/x": "e",
    }
    for path, text in others.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(text, encoding="utf-8")
    write_files(out, SECOND)
    write_files(out, SECOND)
    assert contents(out) == {**complete(SECOND), **{path: others[path] for path in others if path != ".git/x"}}
    assert (out / ".git/x").read_text(encoding="utf-8") == "e"


def test_a_folder_of_other_files_may_be_used(tmp_path: Path) -> None:
    """A new repository with a README is no build's, and nothing in it is overwritten."""
    (tmp_path / "README.md").write_text("Deployed by GitOps.", encoding="utf-8")
    write_files(tmp_path, SECOND)
    assert contents(tmp_path) == {**complete(SECOND), "README.md": "Deployed by GitOps."}


def test_edited_files_stop_the_build(out: Path) -> None:
    """All edited files are listed, a stale one too, before anything is written; --force overwrites and removes them."""
    for path in ("rules/errors.yaml", "stale.md"):
        (out / path).write_text("edited", encoding="utf-8")
    assert problems_of(out) == [
        f"{out}/rules/errors.yaml: the file was changed since a build wrote it; {EDITED}",
        f"{out}/stale.md: the file was changed since a build wrote it, and the sources no longer generate it; "
        "move it away, or remove it with --force (make build FORCE=yes).",
    ]
    write_files(out, SECOND, force=True)
    assert contents(out) == complete(SECOND)


def test_an_edit_that_the_sources_now_make_too_is_no_problem(out: Path) -> None:
    """A file that already has the new content is up to date, whoever wrote it."""
    (out / "rules/errors.yaml").write_text("second\n", encoding="utf-8")
    (out / "rules/latency.yaml").write_text("café\n", encoding="utf-8")
    write_files(out, SECOND)
    assert contents(out) == complete(SECOND)


def test_another_line_ending_is_an_edit(out: Path) -> None:
    """Files are compared byte by byte."""
    (out / "rules/errors.yaml").write_bytes(b"first\r\n")
    assert problems_of(out) == [f"{out}/rules/errors.yaml: the file was changed since a build wrote it; {EDITED}"]


def test_a_file_that_no_build_wrote_stops_the_build(out: Path, tmp_path: Path) -> None:
    """A file in the way is listed, in a folder of a build or another one; --force overwrites it."""
    for folder in (out, tmp_path / "other"):
        (folder / "tests").mkdir(parents=True)
        (folder / "tests/errors.yaml").write_text("of a person", encoding="utf-8")
        assert problems_of(folder) == [f"{folder}/tests/errors.yaml: the file exists, and no build wrote it; {FOREIGN}"]
        write_files(folder, SECOND, force=True)
        assert contents(folder) == complete(SECOND)


def test_an_output_of_an_earlier_version_is_adopted(out: Path) -> None:
    """Without a manifest, but with our metrics.json, files are overwritten; what this build does not make stays."""
    (out / "manifest.sha256").unlink()
    others = {"rules/old.yaml": "old", "rules/.hidden": "", "runbooks/old/stale.md": "first\n", "stale.md": "first\n"}
    for path, text in others.items():
        (out / path).write_text(text, encoding="utf-8")
    assert write_files(out, SECOND).unlisted == ("rules/old.yaml",)
    assert contents(out) == {**complete(SECOND), **others}
    assert write_files(out, SECOND).unlisted == ()


@pytest.mark.parametrize(
    "text",
    ["as it was", "[]", "{}", '{"version": 1}', CONTRACT.replace("1", '"1"', 1), CONTRACT.replace("type", "kind")],
)
def test_an_output_of_something_else_is_not_adopted(tmp_path: Path, text: str) -> None:
    """A metrics.json without our version, labels and metrics is another program's."""
    (tmp_path / "contract").mkdir()
    (tmp_path / METRICS_JSON).write_text(text, encoding="utf-8")
    assert problems_of(tmp_path) == [f"{tmp_path}/{METRICS_JSON}: the file exists, and no build wrote it; {FOREIGN}"]


def test_a_symbolic_link_to_the_output_is_followed(out: Path, tmp_path: Path) -> None:
    """`out` may be a link to the folder that is deployed."""
    (tmp_path / "link").symlink_to(out)
    write_files(tmp_path / "link", SECOND)
    assert (tmp_path / "link").is_symlink()
    assert contents(out) == complete(SECOND)


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("nowhere")])
def test_an_output_that_is_no_folder_is_refused(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """A file, or a link to nothing, at the path of the folder stays."""
    make(tmp_path / "out")
    with pytest.raises(BuildError, match=r"/out: this is (not a folder|a symbolic link to nothing); "):
        write_files(tmp_path / "out", SECOND)
    assert os.path.lexists(tmp_path / "out")


def test_nothing_is_written_through_a_link_inside(out: Path, tmp_path: Path) -> None:
    """A link to a folder outside stops the build, even with --force, and its target stays; also behind a stale file."""
    elsewhere = tmp_path / "elsewhere"
    (out / "rules").rename(elsewhere)
    (out / "rules").symlink_to(elsewhere)
    before = contents(elsewhere)
    for force in (False, True):
        linked = f"{out}/rules: it is a symbolic link, and the build would write below it; remove it."
        assert set(problems_of(out, force)) == {linked}
    assert contents(elsewhere) == before


def test_a_link_to_a_file_is_replaced_only_with_force(out: Path, tmp_path: Path) -> None:
    """A link at the path of a file stops the build; --force replaces the link, and never writes to its target."""
    target = tmp_path / "target"
    target.write_text("first\n", encoding="utf-8")
    (out / "rules/errors.yaml").unlink()
    (out / "rules/errors.yaml").symlink_to(target)
    what = "it is a symbolic link, and the build would write a file"
    assert problems_of(out) == [f"{out}/rules/errors.yaml: {what}; {FOREIGN}"]
    write_files(out, SECOND, force=True)
    assert target.read_text(encoding="utf-8") == "first\n"
    assert not (out / "rules/errors.yaml").is_symlink()


def test_a_stale_file_behind_a_link_is_not_removed(out: Path, tmp_path: Path) -> None:
    """What the manifest lists, but a link now leads to, is none of ours."""
    (out / "runbooks").rename(tmp_path / "runbooks")
    (out / "runbooks").symlink_to(tmp_path / "runbooks")
    write_files(out, SECOND)
    assert contents(tmp_path / "runbooks") == {"old/stale.md": "first\n"}


def test_folders_and_files_in_each_others_place_are_refused(out: Path) -> None:
    """A folder at the path of a file, and a file at the path of a folder, are moved by a person."""
    (out / "rules/latency.yaml").mkdir()
    (out / "tests").write_text("a file", encoding="utf-8")
    for force in (False, True):
        assert problems_of(out, force) == [
            f"{out}/rules/latency.yaml: it is not a file, and the build would write one; move it away.",
            f"{out}/tests: it is not a folder, and the build would write below it; remove it.",
        ]


def test_a_damaged_manifest_is_reported(out: Path) -> None:
    """A line of another form stops the build; --force ignores it, and no path of it leads out of the folder."""
    (out.parent / "victim").write_text("stays", encoding="utf-8")
    digest = next(line.split()[0] for line in complete({"x": "stays"})["manifest.sha256"].splitlines()[1:])
    manifest = out / "manifest.sha256"
    lines = len(manifest.read_text(encoding="utf-8").splitlines())
    with manifest.open("a", encoding="utf-8") as file:
        file.write(f"{digest}  ../victim\n")
    assert problems_of(out) == [
        f"{manifest}: line {lines + 1} is not one that this version of the generator writes; "
        "restore the file, or ignore such lines with --force (make build FORCE=yes)."
    ]
    write_files(out, SECOND, force=True)
    assert (out.parent / "victim").read_text(encoding="utf-8") == "stays"
    assert contents(out) == complete(SECOND)


@pytest.mark.parametrize("path", ["../evil.yaml", "/etc/evil", "rules/../../evil", ".git/config", "a//b", "café", ""])
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    """A definition with a name that is no file's cannot write outside, or over hidden files."""
    with pytest.raises(BuildError, match="this is not a path below the output folder"):
        write_files(tmp_path / "out", {path: "evil"})
    assert list((tmp_path / "out").iterdir()) == []


def test_two_builds_of_a_folder_wait_for_each_other(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a build writes, another one cannot lock the folder; afterwards it can."""
    replace, refused = os.replace, []

    def replace_and_try(source: Path, target: Path) -> None:
        try:
            lock(out)
        except BlockingIOError:
            refused.append(target.name)
        replace(source, target)

    monkeypatch.setattr(os, "replace", replace_and_try)
    write_files(out, SECOND)
    assert refused[-1] == "manifest.sha256"
    lock(out)


def lock(out: Path) -> None:
    """Share the lock of a folder, without waiting. Raises BlockingIOError where another one has it for itself."""
    descriptor = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    finally:
        os.close(descriptor)


def test_an_unwritable_folder_gets_the_reason(tmp_path: Path) -> None:
    """A file at the path of the parent folder is reported with the error of the system."""
    (tmp_path / "file").touch()
    with pytest.raises(BuildError) as error:
        write_files(tmp_path / "file/out", SECOND)
    problem = str(error.value)
    assert problem.startswith(f"{tmp_path}/file/out: the folder cannot be written (")
    assert problem.endswith("; check the disk and the permissions, or use another output folder.")


def test_neither_the_folder_nor_its_folders_are_renamed(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a mount point, renaming or removing a folder fails: a build only renames files within their folder."""
    replace = os.replace

    def replace_file(source: Path, target: Path) -> None:
        assert not source.is_dir()
        assert source.parent == target.parent
        replace(source, target)

    def busy(folder: Path) -> None:
        raise OSError(errno.EBUSY, "Device or resource busy", str(folder))

    monkeypatch.setattr(os, "replace", replace_file)
    monkeypatch.setattr(os, "rename", lambda *paths: busy(paths[0]))
    monkeypatch.setattr(os, "rmdir", busy)
    write_files(out, SECOND)
    assert contents(out) == complete(SECOND)
