"""Log files judged whole: plain files in parts, the others in blocks, by as many processes as there are cores."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import reduce
from itertools import chain, islice

from generator.logs.reader import blocks, divisible, opened, parts
from generator.logs.validator import FOREIGN, Judge
from generator.logs.violations import SHOWN, Breach, Placed, Tally


@dataclass(frozen=True)
class Part:
    """What one process judges at a time: a block of lines, or where they lie in a plain file."""

    name: str
    block: bytes | None = None
    start: int = 0
    end: int = 0


def tallies(
    names: Iterable[str], schema: str, raw: bool = False, cores: int | None = None
) -> Iterator[tuple[str, Tally]]:
    """The files' parts in their order, each with its file's name and what it holds. Raises Faults for damaged gzip."""
    work = chain.from_iterable(map(_parts, names))
    first = list(islice(work, 2))
    if len(first) < 2 or cores == 1:
        judge = Judge(schema, raw)
        yield from ((part.name, _tally(part, judge)) for part in chain(first, work))
        return
    cores = cores or os.cpu_count() or 1
    with ProcessPoolExecutor(cores, initializer=_begin, initargs=(schema, raw)) as pool:
        running: deque[tuple[str, Future[Tally]]] = deque()
        for part in chain(first, work):
            running.append((part.name, pool.submit(_judged, part)))
            if len(running) > 2 * cores:  # no more than these parts are in memory
                name, tally = running.popleft()
                yield name, tally.result()
        yield from ((name, tally.result()) for name, tally in running)


def tally(lines: Iterable[bytes], judge: Judge) -> Tally:
    """What a run of lines holds. Blank lines are passed over; foreign ones are a kind of breach."""
    number = ours = 0
    first: dict[tuple[str, str], list[Placed]] = {}
    counts: dict[tuple[str, str], int] = {}
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            continue
        found = judge.breaches(line)
        ours += not _foreign(found)
        for breach in found:
            counts[breach.kind] = counts.get(breach.kind, 0) + 1
            if counts[breach.kind] <= SHOWN:
                first.setdefault(breach.kind, []).append(Placed(number, breach))
    return Tally(number, ours, {kind: tuple(several) for kind, several in first.items()}, counts)


def _foreign(found: Iterable[Breach]) -> bool:
    return any(breach.rule == FOREIGN for breach in found)


def _parts(name: str) -> Iterator[Part]:
    with opened(name) as stream:
        if divisible(name, stream):
            yield from (Part(name, start=start, end=end) for start, end in parts(name))
        else:
            yield from (Part(name, block) for block in blocks(stream, name))


def _tally(part: Part, judge: Judge) -> Tally:
    if part.block is not None:
        return tally(part.block.split(b"\n"), judge)
    with open(part.name, "rb") as stream:
        stream.seek(part.start)
        found = (tally(block.split(b"\n"), judge) for block in blocks(stream, part.name, part.end - part.start))
        return reduce(Tally.then, found, Tally())


_JUDGES: list[Judge] = []
"""The judge of a process of the pool: made once, for a schema is costly to compile."""


def _begin(schema: str, raw: bool) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # after Ctrl-C the command's own process ends the pool
    _JUDGES.append(Judge(schema, raw))


def _judged(part: Part) -> Tally:
    return _tally(part, _JUDGES[0])
