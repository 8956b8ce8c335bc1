"""What a build has to do in the output folder, found out before it writes anything."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import Enum
from pathlib import Path

from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.output import JOURNAL, MANIFEST, METRICS_JSON
from generator.output.manifest import PATH, Hashes, Record, manifest_text, read_record, sha256
from generator.project import build_command

JOURNAL_DRAFT = f"{JOURNAL}.new"
"""The temporary file of the journal itself, which no journal can list."""
FORCE = "--force (make build FORCE=yes)" if build_command() == "make build" else "--force"
EDITED_HINT = f"move the change to the sources, or overwrite it with {FORCE}"
FOREIGN_HINT = f"move the file away, or overwrite it with {FORCE}"


class FileKind(Enum):
    """What is at a path."""

    MISSING = "missing"
    REGULAR = "regular"
    LINK = "a symbolic link"
    OTHER = "not a file"


@frozen
class FileState:
    """What is at a path, the hash of a regular file, and the symbolic link or file among its folders, if any."""

    kind: FileKind
    digest: str = ""
    obstacle: Path | None = None


@frozen
class Plan:
    """What a build writes and removes, by paths below `out`.

    `hashes` are those that the journal must list. `leftovers` are temporary files of an interrupted build. `unlisted`
    are files of an adopted folder that this build does not write: an earlier version may have written them.
    """

    new: Mapping[str, str]
    changed: tuple[str, ...]
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    leftovers: tuple[str, ...]
    unlisted: tuple[str, ...]
    manifest_changed: bool
    interrupted: bool
    hashes: Hashes
    adopting: bool


@frozen
class _Folder:
    """What is in the output folder, and what earlier builds recorded about it."""

    out: Path
    manifest: Record | None
    journal: Record | None
    adopting: bool
    force: bool
    problems: list[Problem] = field(default_factory=list)

    def report(self, path: str, what: str, hint: str, forceable: bool = True) -> None:
        """Add a problem, unless `--force` overwrites what is there."""
        if not (forceable and self.force):
            self.problems.append(Problem(f"{self.out}/{path}", what, hint))

    def listed(self) -> set[str]:
        """The paths that an earlier build wrote, or was about to write."""
        return {path for record in (self.manifest, self.journal) if record for path in record.hashes}

    def is_ours(self, path: str, digest: str) -> bool:
        """Whether a build wrote this content, or git merged it from the contents of two."""
        merged = self.manifest is not None and len(self.manifest.hashes.get(path, ())) > 1
        records = (record.hashes.get(path, ()) for record in (self.manifest, self.journal) if record)
        return merged or any(digest in digests for digests in records)


def make_plan(out: Path, texts: Mapping[str, str], force: bool = False) -> Plan:
    """Compare the folder with the texts of a build. Raises BuildError with every file that the build must not touch,
    and OSError where the folder cannot be read."""
    _check_paths(texts)
    folder = _read_folder(out, force)
    new = {path: sha256(text.encode("utf-8")) for path, text in texts.items()}
    missing, changed = [], []
    for path, digest in new.items():
        state = file_state(out, path)
        if state.kind is FileKind.MISSING and state.obstacle is None:
            missing.append(path)
        elif state.digest != digest:
            changed.append(path)
            _check_overwritten(folder, path, state)
    stale = tuple(path for path in sorted(folder.listed() - new.keys()) if _is_removed(folder, path))
    if folder.problems:
        raise BuildError(folder.problems)
    old = folder.journal.hashes if folder.journal else {}
    return Plan(
        new,
        tuple(sorted(changed)),
        tuple(sorted(missing)),
        stale,
        tuple(_leftovers(folder)),
        tuple(unlisted(out, texts)) if folder.adopting else (),
        _text_of(out / MANIFEST) != manifest_text(new),
        folder.journal is not None,
        {path: old.get(path, frozenset()) | ({new[path]} if path in new else set()) for path in {*old, *new}},
        folder.adopting,
    )


def file_state(out: Path, path: str) -> FileState:
    """What is at a path; nothing is followed that could lead out of the folder."""
    place = out
    *parents, name = path.split("/")
    for part in parents:
        place = place / part
        kind = _kind(place)
        if kind is FileKind.MISSING:
            return FileState(FileKind.MISSING)
        if kind is not FileKind.OTHER or not place.is_dir():
            return FileState(kind, obstacle=place)
    kind = _kind(place / name)
    digest = sha256((place / name).read_bytes()) if kind is FileKind.REGULAR else ""
    return FileState(kind, digest)


def listed_paths(out: Path) -> set[str]:
    """The paths in the manifest and in the journal of a folder, whatever else is wrong with them."""
    texts = (_text_of(out / name) for name in (MANIFEST, JOURNAL))
    return {path for text in texts if text for path in read_record(text).hashes}


def temporary_name(path: str, token: str) -> str:
    """The path of a file's temporary file, in the same folder; no program that reads `out/` takes it for one."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}.{name}.{token}.new"


def unlisted(out: Path, texts: Mapping[str, str]) -> Iterator[str]:
    """Files in the folders of a build that the build does not write, without hidden ones."""
    for folder in sorted({path.split("/")[0] for path in texts if "/" in path}):
        for place in sorted((out / folder).rglob("*")):
            path = place.relative_to(out).as_posix()
            if path not in texts and place.is_file() and PATH.fullmatch(path):
                yield path


def _check_paths(texts: Mapping[str, str]) -> None:
    hint = "rename the definition or the module that it is named after: letters, digits, ., - and _"
    invalid = [path for path in texts if not PATH.fullmatch(path)]
    if invalid:
        raise BuildError(Problem(repr(path), "this is not a path below the output folder", hint) for path in invalid)


def _read_folder(out: Path, force: bool) -> _Folder:
    problems: list[Problem] = []
    records: list[Record | None] = []
    for name in (MANIFEST, JOURNAL):
        kind, text = _kind(out / name), _text_of(out / name)
        record = None if text is None else read_record(text)
        records.append(record)
        if kind not in (FileKind.MISSING, FileKind.REGULAR):
            problems.append(Problem(f"{out}/{name}", f"it is {kind.value}", "remove it"))
        elif record and record.invalid_lines and not force:
            what = f"line {record.invalid_lines[0]} is not one that this version of the generator writes"
            hint = f"restore the file, or ignore such lines with {FORCE}"
            problems.append(Problem(f"{out}/{name}", what, hint))
    manifest, journal = records
    adopting = manifest is None and (journal.adopting if journal else _is_earlier_version(out))
    return _Folder(out, manifest, journal, adopting, force, problems)


def _is_earlier_version(out: Path) -> bool:
    """Whether a folder without a manifest has the contract of an earlier version of the generator.

    Its metrics.json is an object with a version and lists of labels and metrics, each metric with a name and a type.
    """
    if file_state(out, METRICS_JSON).kind is not FileKind.REGULAR:
        return False
    try:
        document = json.loads((out / METRICS_JSON).read_bytes())
    except ValueError:
        return False
    if not isinstance(document, dict) or not isinstance(document.get("version"), int):
        return False
    metrics, labels = document.get("metrics"), document.get("labels")
    if not (isinstance(metrics, list) and metrics and isinstance(labels, list)):
        return False
    return all(isinstance(metric, dict) and {"name", "type"} <= metric.keys() for metric in metrics)


def _check_overwritten(folder: _Folder, path: str, state: FileState) -> None:
    """Report what is at the path of a file to be written, unless a build wrote it."""
    if state.obstacle:
        place = state.obstacle.relative_to(folder.out).as_posix()
        what = "is a symbolic link" if state.kind is FileKind.LINK else "is not a folder"
        folder.report(place, f"it {what}, and the build would write below it", "remove it", forceable=False)
    elif state.kind is FileKind.OTHER:
        folder.report(path, "it is not a file, and the build would write one", "move it away", forceable=False)
    elif state.kind is FileKind.LINK:
        folder.report(path, "it is a symbolic link, and the build would write a file", FOREIGN_HINT)
    elif folder.adopting or folder.is_ours(path, state.digest):
        return
    elif path in folder.listed():
        folder.report(path, "the file was changed since a build wrote it", EDITED_HINT)
    else:
        folder.report(path, "the file exists, and no build wrote it", FOREIGN_HINT)


def _is_removed(folder: _Folder, path: str) -> bool:
    """Whether a listed file that the sources no longer make is removed; one that was changed is reported. What is now
    something else, or behind a symbolic link, is none of ours."""
    state = file_state(folder.out, path)
    if state.kind is not FileKind.REGULAR or state.obstacle:
        return False
    if not folder.is_ours(path, state.digest):
        what = "the file was changed since a build wrote it, and the sources no longer generate it"
        folder.report(path, what, f"move it away, or remove it with {FORCE}")
    return True


def _leftovers(folder: _Folder) -> Iterator[str]:
    """The temporary files that an interrupted build left."""
    if _kind(folder.out / JOURNAL_DRAFT) is FileKind.REGULAR:
        yield JOURNAL_DRAFT
    if folder.journal and folder.journal.token:
        for path in sorted({*folder.journal.hashes, MANIFEST}):
            name = temporary_name(path, folder.journal.token)
            state = file_state(folder.out, name)
            if state.kind is FileKind.REGULAR and not state.obstacle:
                yield name


def _kind(place: Path) -> FileKind:
    try:
        mode = os.lstat(place).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return FileKind.MISSING
    if stat.S_ISLNK(mode):
        return FileKind.LINK
    return FileKind.REGULAR if stat.S_ISREG(mode) else FileKind.OTHER


def _text_of(place: Path) -> str | None:
    """The text of a regular file, or None where there is none."""
    if _kind(place) is not FileKind.REGULAR:
        return None
    return place.read_bytes().decode("utf-8", errors="replace")
