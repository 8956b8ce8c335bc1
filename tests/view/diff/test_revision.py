"""A build that another revision committed, and revisions that have none."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.view.diff.revision import committed, described


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one file in `out/`, committed."""
    (tmp_path / "out/contract").mkdir(parents=True)
    (tmp_path / "out/contract/metrics.json").write_text("{}\n", encoding="utf-8")
    who = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    for command in (("init", "-q"), ("add", "-A"), (*who, "commit", "-qm", "first")):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_committed_files_are_read(checkout: Path) -> None:
    """What lies in the working tree does not matter: the revision's own files are read."""
    (checkout / "out/contract/metrics.json").write_text("changed\n", encoding="utf-8")
    assert committed("HEAD", Path("out")) == {"contract/metrics.json": "{}\n"}


@pytest.mark.parametrize(("revision", "out"), [("nowhere", "out"), ("HEAD", "elsewhere"), ("--output=mine", "out")])
def test_what_is_not_committed_is_said(checkout: Path, revision: str, out: str) -> None:
    """No such revision, or none of that folder in it: one fault with its cure."""
    with pytest.raises(BuildError) as told:
        committed(revision, Path(out))
    (problem,) = told.value.problems
    assert not (checkout / "mine:out").exists()
    assert problem.where == f"{revision}:{out}"
    assert problem.hint == "name a revision (a branch, a tag, a commit) at which out/ was committed"


def test_a_file_that_is_no_text_is_said(checkout: Path) -> None:
    """One fault, and no trace of the decoder's."""
    (checkout / "out/picture.png").write_bytes(b"\x89PNG")
    who = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    for command in (("add", "-A"), (*who, "commit", "-qm", "second")):
        subprocess.run(["git", *command], cwd=checkout, check=True)
    with pytest.raises(BuildError, match="it holds a file that is no text"):
        committed("HEAD", Path("out"))


def test_a_revision_is_described_by_its_commit(checkout: Path) -> None:
    """HEAD will be another tomorrow; its commit and its first line stay. What is no revision is named as it was."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(command, cwd=checkout, check=True, capture_output=True, text=True).stdout.strip()
    assert described("HEAD") == f"HEAD ({commit}, first)"
    assert described("nowhere") == "nowhere"
