"""`out/` in a repository of its own, after a merge, and on a mount point: with the real git and a real mount."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from generator.output.write import write_files
from generator.project import ROOT
from tests.output.sample_output import FIRST, SECOND, complete, contents

THIRD = {**FIRST, "rules/errors.yaml": "third\n", "runbooks/third.md": "third\n"}
IDENTITY = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main")


def git(folder: Path, *arguments: str, status: int = 0) -> str:
    """Run git in a folder, without the configuration of the machine, and return what it prints."""
    environment = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    command = ["git", *IDENTITY, *arguments]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == status, result.stdout + result.stderr
    return result.stdout


def commit(folder: Path, message: str) -> None:
    """Commit everything in a repository."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


def test_a_repository_in_the_output_survives(tmp_path: Path) -> None:
    """Two builds into a repository that GitOps deploys from keep its history, its remote and its other files."""
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "remote", "add", "origin", "https://git.example.com/deployed.git")
    (tmp_path / "README.md").write_text("Deployed by GitOps.\n", encoding="utf-8")
    for texts in (FIRST, SECOND):
        write_files(tmp_path, texts)
        commit(tmp_path, "Deploy")
    write_files(tmp_path, SECOND)
    assert git(tmp_path, "status", "--porcelain") == ""
    assert git(tmp_path, "log", "--format=%s") == "Deploy\nDeploy\n"
    assert git(tmp_path, "remote") == "origin\n"
    git(tmp_path, "fsck", "--strict")
    assert contents(tmp_path) == {**complete(SECOND), "README.md": "Deployed by GitOps.\n"}


@pytest.mark.parametrize("attributes", [True, False], ids=["with .gitattributes", "without"])
def test_a_build_after_a_merge_needs_no_force(tmp_path: Path, attributes: bool) -> None:
    """Two branches changed the same file. The merged manifest has the hashes of both, so that what git made of the
    file, marks of a conflict included, is no edit; an edit of a file that one branch alone changed is one still."""
    git(tmp_path, "init", "--quiet")
    if attributes:
        lines = (ROOT / ".gitattributes").read_text(encoding="utf-8")
        (tmp_path / ".gitattributes").write_text(lines, encoding="utf-8")
    out = tmp_path / "out"
    write_files(out, FIRST)
    commit(tmp_path, "First")
    git(tmp_path, "switch", "--quiet", "--create", "branch")
    write_files(out, SECOND)
    commit(tmp_path, "Second")
    git(tmp_path, "switch", "--quiet", "main")
    write_files(out, THIRD)
    commit(tmp_path, "Third")
    git(tmp_path, "merge", "--quiet", "branch", status=1)
    conflicts = git(tmp_path, "diff", "--name-only", "--diff-filter=U").splitlines()
    assert "out/rules/errors.yaml" in conflicts
    assert ("out/manifest.sha256" in conflicts) is not attributes
    assert "<<<<<<<" in (out / "rules/errors.yaml").read_text(encoding="utf-8")
    merged = {**THIRD, **SECOND, "rules/errors.yaml": "of both\n"}
    write_files(out, merged)
    assert contents(out) == complete(merged)


MOUNTED_BUILD = """
import sys
from pathlib import Path
from generator.output.write import write_files
from tests.output.sample_output import FIRST, SECOND, complete, contents

out = Path(sys.argv[1])
assert out.is_mount() and (out / "rules").is_mount() and (out / "runbooks").is_mount()
write_files(out, FIRST)
write_files(out, SECOND)
assert contents(out) == complete(SECOND)
assert out.is_mount() and (out / "rules").is_mount() and (out / "runbooks").is_mount()
print("built")
"""


def test_mount_points_work(tmp_path: Path) -> None:
    """`out/`, a folder in it, and a folder whose last file becomes stale are other file systems, and stay mounted.

    Where nobody may mount (no Linux, no user namespaces), tests/output/test_write.py alone proves that no folder is
    renamed and that a file is renamed within its folder."""
    out = tmp_path / "out"
    out.mkdir()
    mounts = " && ".join(
        f"mkdir -p {path} && mount -t tmpfs none {path}" for path in (out, out / "rules", out / "runbooks")
    )
    unshare = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    try:
        possible = subprocess.run([*unshare, mounts], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        possible = False
    if not possible:
        pytest.skip("this machine allows no mounts")
    command = f"{mounts} && exec {sys.executable} -c '{MOUNTED_BUILD}' {out}"
    result = subprocess.run([*unshare, command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "built\n"), result.stderr
