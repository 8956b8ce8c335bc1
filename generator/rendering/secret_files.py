"""The files with secrets that Alertmanager's configuration names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import PurePosixPath

from generator.dsl.platform import Platform


def secret_folders(platform: Platform) -> list[PurePosixPath]:
    """The folders of the files with secrets, in alphabetical order."""
    return sorted({PurePosixPath(file).parent for file in secret_files(platform)})


def secret_files(platform: Platform) -> list[str]:
    """The paths of all files with secrets that Alertmanager's configuration names."""
    receivers = (receiver for team in platform.teams for receiver in (*team.page, *team.ticket))
    sources: Iterable[object] = (*receivers, *((platform.mail_server,) if platform.mail_server else ()))
    return sorted({platform.dead_man_url_file, *(file for source in sources for file in _files_of(source))})


def _files_of(source: object) -> Iterator[str]:
    """The values of the fields that name files; an empty one names none."""
    for each in fields(source):  # type: ignore[arg-type]
        if each.name.endswith("_file") and (value := getattr(source, each.name)):
            yield str(value)
