"""A build as another revision of this project committed it: git has its `out/`."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

from generator.errors import BuildError, Problem


def committed(revision: str, out: Path) -> dict[str, str]:
    """The files of `out/` at a revision, by their paths in it. Faults: no such revision, or none of `out/` in it."""
    hint = "name a revision (a branch, a tag, a commit) at which out/ was committed"
    if revision.startswith("-"):
        raise BuildError([Problem(f"{revision}:{out}", "git would take it for an option", hint)])
    answer = _git("archive", "--format=tar", f"{revision}:{out.as_posix()}")
    if answer.returncode:
        said = answer.stderr.decode(errors="replace").strip().splitlines()
        raise BuildError([Problem(f"{revision}:{out}", said[-1] if said else "git has no such thing", hint)])
    with tarfile.open(fileobj=io.BytesIO(answer.stdout)) as archive:
        files = [(member.name, archive.extractfile(member)) for member in archive if member.isfile()]
        texts = {name: file.read() for name, file in files if file is not None}
    try:
        return {name: text.decode("utf-8") for name, text in texts.items()}
    except UnicodeDecodeError as error:
        raise BuildError(
            [Problem(f"{revision}:{out}", f"it holds a file that is no text ({error.reason})", hint)]
        ) from None


def described(revision: str) -> str:
    """A revision with its commit, for a reader who looks at it later: main (1f2e3d4, What it did)."""
    answer = _git("log", "-1", "--format=%h, %s", revision, "--")
    return f"{revision} ({answer.stdout.decode(errors='replace').strip()})" if answer.returncode == 0 else revision


def _git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", *arguments], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(
            [Problem("git", f"it cannot be asked ({error})", "install git, and call this in a checkout")]
        ) from None
