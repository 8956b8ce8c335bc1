"""The manifest of `out/`, which lists the files of a build with their hashes, and the journal of an unfinished build.

Both have a line for each file, as `sha256sum` writes it. A merge of two branches may keep the lines of both
(`merge=union` in .gitattributes): the path has two hashes then, and its content is any that git merged.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from generator.frozen import frozen

VERSION = 1
"""The version of the format. It changes if readers of the old format cannot read the new one."""
MANIFEST_HEADER = f"# Files of a build: sha256 and path, version {VERSION}. Written by the build; do not edit.\n"
JOURNAL_HEADER = f"# Files of an unfinished build, version {VERSION}. The next build completes it.\n"
TOKEN_LINE = re.compile(r"# temporary files: ([0-9a-f]{8})")
ADOPTING_LINE = "# overwrites the files of an earlier version"
HEADER_LINE = re.compile(r"# Files of an? (?:unfinished )?build.* version (?P<version>\d+)\. ")
CONFLICT_LINE = re.compile(r"(?:<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|)(?: .*)?")
PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
"""No part begins with a dot: a build writes neither `..` nor hidden files, and never removes one."""
FILE_LINE = re.compile(rf"(?P<hash>[0-9a-f]{{64}})  (?P<path>{PATH.pattern})")
Hashes: TypeAlias = Mapping[str, frozenset[str]]
"""The hashes that a file may have, by its path."""


def sha256(content: bytes) -> str:
    """The hash of a file's content, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


@frozen
class Record:
    """A manifest or a journal as it was read: the files, and the numbers of the lines that are none of its format.

    `token` is a part of the names of a build's temporary files; `adopting` is whether the build overwrites files of an
    earlier version, which had no manifest.
    """

    hashes: Hashes
    invalid_lines: tuple[int, ...] = ()
    token: str = ""
    adopting: bool = False


def manifest_text(hashes: Mapping[str, str]) -> str:
    """The text of a manifest, from the hash of each file by its path."""
    return MANIFEST_HEADER + _lines((path, digest) for path, digest in hashes.items())


def journal_text(hashes: Hashes, token: str, adopting: bool) -> str:
    """The text of a journal, from all hashes that a file may have until the build is finished."""
    head = f"{JOURNAL_HEADER}# temporary files: {token}\n" + (f"{ADOPTING_LINE}\n" if adopting else "")
    return head + _lines((path, digest) for path, digests in hashes.items() for digest in digests)


def _lines(files: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(files))


def read_record(text: str) -> Record:
    """Read a manifest or a journal, also one with the marks of a conflict, which git left."""
    hashes: dict[str, frozenset[str]] = {}
    invalid: list[int] = []
    token, adopting = "", False
    for number, line in enumerate(text.splitlines(), 1):
        if file := FILE_LINE.fullmatch(line):
            hashes[file["path"]] = hashes.get(file["path"], frozenset()) | {file["hash"]}
        elif line.startswith("#"):
            header, temporary = HEADER_LINE.match(line), TOKEN_LINE.fullmatch(line)
            token = temporary[1] if temporary else token
            adopting = adopting or line == ADOPTING_LINE
            if header and int(header["version"]) != VERSION:
                invalid.append(number)
        elif not CONFLICT_LINE.fullmatch(line):
            invalid.append(number)
    return Record(hashes, tuple(invalid), token, adopting)
