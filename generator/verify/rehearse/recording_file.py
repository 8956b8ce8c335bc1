"""A recording: the samples that rules read, in a compressed file of JSON lines (docs/rehearse.md).

The first line is the header. A line with `labels` introduces a series by its number; a line with `of` has samples of a
series: `times` in ms since 1970, each but the first as the difference from the one before, and either `counts`, whole
numbers written in the same way, or `values`.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, TextIO

from generator.errors import BuildError, Problem
from generator.frozen import frozen
from generator.verify.rehearse.history_api import Labels
from generator.verify.replay.remote_write import Samples

FORMAT, VERSION = "workers-ai-observability recording", 1
MAX_WHOLE = 2.0**53
EXPORT_HINT = "write it again: rehearse PROMETHEUS_URL --export FILE"


@frozen
class RecordingHeader:
    """The time that is rehearsed, in ms since 1970; a time in ms at which each group of rules was evaluated; the names
    of the raw series, and those of recorded series whose samples from before the start are in the file."""

    start: int
    end: int
    groups: Mapping[str, int]
    raw: tuple[str, ...]
    recorded: tuple[str, ...]


class RecordingWriter:
    """Writes a recording as its samples come; `series` and `samples` count them."""

    def __init__(self, file: TextIO, header: RecordingHeader) -> None:
        self.file = file
        self.numbers: dict[Labels, int] = {}
        self.samples = 0
        self._line(
            format=FORMAT, version=VERSION, start=header.start, end=header.end,
            groups=dict(sorted(header.groups.items())), raw=header.raw, recorded=header.recorded,
        )  # fmt: skip

    @property
    def series(self) -> int:
        """The number of series."""
        return len(self.numbers)

    def add(self, labels: Mapping[str, str], samples: Sequence[tuple[int, str]]) -> None:
        """Write samples of a series, whose labels include `__name__`, with the texts of their values."""
        key = tuple(sorted(labels.items()))
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.numbers)
            self._line(series=number, labels=dict(key))
        self.samples += len(samples)
        times, values = [time for time, _ in samples], [float(value) for _, value in samples]
        if all(value.is_integer() and abs(value) < MAX_WHOLE for value in values):
            self._line(of=number, times=_differences(times), counts=_differences([int(value) for value in values]))
        else:
            texts = [value if value - value == 0 else str(value) for value in values]
            self._line(of=number, times=_differences(times), values=texts)

    def _line(self, **fields: object) -> None:
        self.file.write(json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n")


@frozen
class Recording:
    """A recording's file and its header."""

    path: Path
    header: RecordingHeader

    def samples(self) -> Iterator[tuple[Mapping[str, str], Samples]]:
        """Yield the samples of all series, in their order. Raises `BuildError` where the file is damaged."""
        labels: dict[int, Mapping[str, str]] = {}
        for line in _lines(self.path, start=2):
            try:
                if "labels" in line:
                    labels[line["series"]] = line["labels"]
                    continue
                times, counts = accumulate(line["times"]), line.get("counts")
                values = accumulate(counts) if counts is not None else line["values"]
                pairs = [(int(time), float(value)) for time, value in zip(times, values, strict=True)]
                own = labels[line["of"]]
            except (LookupError, TypeError, ValueError):
                raise BuildError([Problem(str(self.path), "a line of it has an unknown form", EXPORT_HINT)]) from None
            yield own, pairs


def read_recording(path: Path) -> Recording:
    """Read the header of a recording. Raises `BuildError` for another file, and for one of another version."""
    line = next(_lines(path), None)
    if not isinstance(line, dict) or line.get("format") != FORMAT:
        hint = "give a file that rehearse PROMETHEUS_URL --export FILE wrote"
        raise BuildError([Problem(str(path), "this is no recording", hint)])
    if line.get("version") != VERSION:
        what = f"its version is {line.get('version')}, and this release reads {VERSION}"
        raise BuildError([Problem(str(path), what, EXPORT_HINT)])
    try:
        groups = {str(name): int(time) for name, time in line["groups"].items()}
        names = (tuple(map(str, line[key])) for key in ("raw", "recorded"))
        header = RecordingHeader(int(line["start"]), int(line["end"]), groups, *names)
    except (LookupError, AttributeError, TypeError, ValueError):
        raise BuildError([Problem(str(path), "its header has an unknown form", EXPORT_HINT)]) from None
    return Recording(path, header)


def _lines(path: Path, start: int = 1) -> Iterator[Any]:
    """The lines of a file from a number on, as data."""
    try:
        with lzma.open(path, "rt", encoding="utf-8") as file:
            for number, text in enumerate(file, start=1):
                if number >= start:
                    yield json.loads(text)
    except (lzma.LZMAError, EOFError, ValueError):
        hint = "give a file that rehearse PROMETHEUS_URL --export FILE wrote, as a whole"
        raise BuildError([Problem(str(path), "this is no recording, or a part of one", hint)]) from None
    except OSError as error:
        what = f"it cannot be read ({error.strerror or error})"
        raise BuildError([Problem(str(path), what, "give a recording that you may read")]) from None


def _differences(numbers: Sequence[int]) -> list[int]:
    return [*numbers[:1], *(after - before for before, after in pairwise(numbers))]
