"""A build that another revision committed, and revisions that have none."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from generator.lang.faults import Faults
from generator.review.revision import committed


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


@pytest.mark.parametrize(("revision", "out"), [("nowhere", "out"), ("HEAD", "elsewhere")])
def test_what_is_not_committed_is_said(checkout: Path, revision: str, out: str) -> None:
    """No such revision, or none of that folder in it: one fault with its cure."""
    with pytest.raises(Faults) as told:
        committed(revision, Path(out))
    (fault,) = told.value.faults
    assert fault.where == f"{revision}:{out}"
    assert fault.cure == "name a revision (a branch, a tag, a commit) at which out/ was committed"
