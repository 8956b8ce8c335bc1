"""Writes a build into the output folder, file by file, so that what others put there stays.

Each file is written beside its target and renamed. A journal, written first, lists what the build may write; the
manifest, written last, lists what it has written. A build that was interrupted leaves the journal, by which the next
build, of the same or of other sources, recognizes its files and completes the folder. This holds for a process that
is killed; after a loss of power, files may be incomplete, and are reported as changed.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.output import JOURNAL, MANIFEST
from generator.output.location import require_output_folder
from generator.output.manifest import journal_text, manifest_text
from generator.output.plan import JOURNAL_DRAFT, Plan, make_plan, temporary_name

DISK_HINT = "check the disk and the permissions, or use another output folder"


class IncompleteOutput(BuildError):
    """A file could not be written after others were. The next build completes the folder."""


@frozen
class Written:
    """The paths of files that a build created, replaced and removed; and of files in an adopted folder that the build
    does not know and left there."""

    created: tuple[str, ...]
    replaced: tuple[str, ...]
    removed: tuple[str, ...]
    unlisted: tuple[str, ...]


def write_files(out: Path, texts: Mapping[str, str], force: bool = False) -> Written:
    """Write the texts by their paths below `out`, remove what an earlier build wrote and this one does not, and touch
    nothing else. A file with the same content keeps its modification time, so that make does not rebuild what depends
    on it.

    BuildError, with nothing written: files that are not of a build or that were edited, unless `force` overwrites
    them; symbolic links inside; a folder of the sources. IncompleteOutput: a file could not be written.
    """
    require_output_folder(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with _locked(out):
            plan = make_plan(out, texts, force)
            _carry_out(plan, out, texts)
    except OSError as error:
        raise BuildError([access_problem(out, "written", error, DISK_HINT)]) from None
    return Written(plan.missing, plan.changed, plan.stale, plan.unlisted)


def access_problem(out: Path, action: str, error: OSError, hint: str) -> Problem:
    """The problem that the system has with the output folder."""
    what = f"the folder cannot be {action} ({error.strerror}: {error.filename or out})"
    return Problem(str(out), what, hint)


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Wait for another build of the same folder to end. File systems without locks are used without."""
    descriptor = os.open(out, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _carry_out(plan: Plan, out: Path, texts: Mapping[str, str]) -> None:
    if not (plan.missing or plan.changed or plan.stale or plan.manifest_changed or plan.interrupted or plan.leftovers):
        return
    token = os.urandom(4).hex()
    for path in plan.leftovers:
        os.unlink(out / path)
    _replace(out / JOURNAL, out / JOURNAL_DRAFT, journal_text(plan.hashes, token, plan.adopting))
    try:
        for path in (*plan.missing, *plan.changed):
            os.makedirs((out / path).parent, exist_ok=True)
            _replace(out / path, out / temporary_name(path, token), texts[path])
        for path in plan.stale:
            os.unlink(out / path)
            _remove_empty_folders(out, path)
        if plan.manifest_changed:
            _replace(out / MANIFEST, out / temporary_name(MANIFEST, token), manifest_text(plan.new))
        os.unlink(out / JOURNAL)
    except OSError as error:
        hint = "check the disk and the permissions, and build again: the next build completes this one"
        raise IncompleteOutput([access_problem(out, "written", error, hint)]) from None


def _replace(target: Path, temporary: Path, text: str) -> None:
    """Write a new file beside the target and rename it, so that a reader sees the old or the new content."""
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with open(descriptor, "wb") as file:
            file.write(text.encode("utf-8"))
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _remove_empty_folders(out: Path, path: str) -> None:
    """Remove the folders of a removed file that are empty now, up to `out` itself."""
    folder = (out / path).parent
    while folder != out:
        try:
            os.rmdir(folder)
        except OSError:
            return
        folder = folder.parent
