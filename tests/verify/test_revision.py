"""Builds that a revision committed, and revisions without a build."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.verify.revision import committed_files, describe_revision

AUTHOR = ("-c", "user.name=A", "-c", "user.email=a@example.com")


def git(folder: Path, *arguments: str) -> str:
    """The output of a git command."""
    result = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return result.stdout.strip()


def commit_all(folder: Path, subject: str) -> None:
    """Commit every file."""
    git(folder, "add", "-A")
    git(folder, *AUTHOR, "commit", "-qm", subject)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one file in `out/`, committed."""
    (tmp_path / "out/contract").mkdir(parents=True)
    (tmp_path / "out/contract/metrics.json").write_text("{}\n", encoding="utf-8")
    git(tmp_path, "init", "-q")
    commit_all(tmp_path, "first")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_committed_files_are_read(checkout: Path) -> None:
    """Not those of the working tree."""
    (checkout / "out/contract/metrics.json").write_text("changed\n", encoding="utf-8")
    assert committed_files("HEAD", Path("out")) == {"contract/metrics.json": "{}\n"}


@pytest.mark.parametrize(("revision", "out"), [("nowhere", "out"), ("HEAD", "elsewhere"), ("--output=file", "out")])
def test_a_revision_without_the_build_is_reported(checkout: Path, revision: str, out: str) -> None:
    """No such revision, no such folder in it, or an option of git: one problem with a hint."""
    with pytest.raises(BuildError) as error:
        committed_files(revision, Path(out))
    (problem,) = error.value.problems
    assert not (checkout / "file:out").exists()
    assert problem.where == f"{revision}:{out}"
    assert problem.hint == "name a revision (a branch, a tag, a commit) at which out/ was committed"


def test_a_binary_file_is_reported(checkout: Path) -> None:
    """As one problem, not as a decoding error."""
    (checkout / "out/picture.png").write_bytes(b"\x89PNG")
    commit_all(checkout, "second")
    with pytest.raises(BuildError, match="it has a file that is not UTF-8 text"):
        committed_files("HEAD", Path("out"))


def test_a_revision_is_described_by_its_commit(checkout: Path) -> None:
    """HEAD moves, its commit and subject do not. A name that is not a revision is returned as it is."""
    commit = git(checkout, "rev-parse", "--short", "HEAD")
    assert describe_revision("HEAD") == f"HEAD ({commit}, first)"
    assert describe_revision("nowhere") == "nowhere"
