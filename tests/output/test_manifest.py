"""The manifest: a format that `sha256sum` and git read, and that a merge cannot break."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from generator.output.manifest import journal_text, manifest_text, read_record
from generator.output.write import write_files
from tests.output.sample_output import SECOND

A, B, C = "a" * 64, "b" * 64, "c" * 64
HEADER = "# Files of a build: sha256 and path, version 1. Written by the build; do not edit.\n"


def test_files_are_sorted_by_their_paths() -> None:
    """A header, and a line with the hash and the path of each file, whatever their order."""
    assert manifest_text({"b/c.md": A, "a.md": B}) == f"{HEADER}{B}  a.md\n{A}  b/c.md\n"


def test_a_manifest_is_read_back() -> None:
    """Each path has one hash, and no line is invalid."""
    record = read_record(manifest_text({"b/c.md": A, "a.md": B}))
    assert record.hashes == {"a.md": {B}, "b/c.md": {A}}
    assert (record.invalid_lines, record.token, record.adopting) == ((), "", False)


def test_a_journal_is_read_back() -> None:
    """A path may have the hashes of several builds that were interrupted."""
    record = read_record(journal_text({"a.md": frozenset({A, B})}, "0123abcd", adopting=True))
    assert record.hashes == {"a.md": {A, B}}
    assert (record.invalid_lines, record.token, record.adopting) == ((), "0123abcd", True)


def test_the_lines_of_a_merge_are_read() -> None:
    """The marks of a conflict are no files: a path that both sides changed has two hashes."""
    lines = ["<<<<<<< HEAD", f"{A}  a.md", "||||||| 1234567", f"{C}  a.md", "=======", f"{B}  a.md", ">>>>>>> main"]
    record = read_record(HEADER + "\n".join(lines) + "\n")
    assert record.hashes == {"a.md": {A, B, C}}
    assert record.invalid_lines == ()


@pytest.mark.parametrize(
    "line",
    [
        *(f"{A} a.md", f"{A}  ../a.md", f"{A}  /a.md", f"{A}  .git/config", f"{A}  a/.hidden", f"{A}  a/", f"{A}  "),
        *("a.md", f"{A[1:]}  a.md", f"{A.upper()}  a.md", "", HEADER.replace("version 1", "version 2").strip()),
    ],
)
def test_a_line_of_another_form_is_invalid(line: str) -> None:
    """No path leads out of the folder or to a hidden file, and another version is not read as this one."""
    record = read_record(f"{HEADER}{B}  b.md\n{line}\n")
    assert record.invalid_lines == (3,)
    assert record.hashes == {"b.md": {B}}


def test_sha256sum_accepts_the_manifest(tmp_path: Path) -> None:
    """The tool that everybody has finds every file unchanged, and one that was edited."""
    program = shutil.which("sha256sum")
    assert program is not None
    write_files(tmp_path, SECOND)
    command = [program, "--check", "--quiet", "--strict", "manifest.sha256"]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0
    (tmp_path / "rules/errors.yaml").write_text("edited", encoding="utf-8")
    result = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (1, "rules/errors.yaml: FAILED\n")
