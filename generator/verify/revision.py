"""A build as a revision of the project committed it, read from git."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

from generator.errors import BuildError, Problem


def committed_files(revision: str, out: Path) -> dict[str, str]:
    """Read the files of `out/` at a revision, by their paths in it.

    Raises `BuildError` if there is no such revision, or if it does not have the folder.
    """
    hint = "name a revision (a branch, a tag, a commit) at which out/ was committed"
    if revision.startswith("-"):
        raise BuildError([Problem(f"{revision}:{out}", 'git reads a name that begins with "-" as an option', hint)])
    result = _git("archive", "--format=tar", f"{revision}:{out.as_posix()}")
    if result.returncode:
        message = result.stderr.decode(errors="replace").strip().splitlines()
        raise BuildError([Problem(f"{revision}:{out}", message[-1] if message else "git cannot find it", hint)])
    with tarfile.open(fileobj=io.BytesIO(result.stdout)) as archive:
        files = [(member.name, archive.extractfile(member)) for member in archive if member.isfile()]
        contents = {name: file.read() for name, file in files if file is not None}
    try:
        return {name: content.decode("utf-8") for name, content in contents.items()}
    except UnicodeDecodeError as error:
        raise BuildError(
            [Problem(f"{revision}:{out}", f"it has a file that is not UTF-8 text ({error.reason})", hint)]
        ) from None


def describe_revision(revision: str) -> str:
    """Return a revision with its commit and the commit's subject: main (1f2e3d4, Add a metric)."""
    result = _git("log", "-1", "--format=%h, %s", revision, "--")
    return f"{revision} ({result.stdout.decode(errors='replace').strip()})" if result.returncode == 0 else revision


def _git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", *arguments], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(
            [Problem("git", f"it cannot be run ({error})", "install git, and run this command in a checkout")]
        ) from None
