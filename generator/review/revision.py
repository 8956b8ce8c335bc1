"""A build as another revision of this project committed it: git has its `out/`."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

from generator.lang.faults import Fault, Faults


def committed(revision: str, out: Path) -> dict[str, str]:
    """The files of `out/` at a revision, by their paths in it. Faults: no such revision, or none of `out/` in it."""
    cure = "name a revision (a branch, a tag, a commit) at which out/ was committed"
    answer = _git("archive", "--format=tar", f"{revision}:{out.as_posix()}")
    if answer.returncode:
        said = answer.stderr.decode(errors="replace").strip().splitlines()
        raise Faults([Fault(f"{revision}:{out}", said[-1] if said else "git has no such thing", cure)])
    with tarfile.open(fileobj=io.BytesIO(answer.stdout)) as archive:
        files = [(member.name, archive.extractfile(member)) for member in archive if member.isfile()]
        return {name: file.read().decode("utf-8") for name, file in files if file is not None}


def _git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", *arguments], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Faults(
            [Fault("git", f"it cannot be asked ({error})", "install git, and call this in a checkout")]
        ) from None
