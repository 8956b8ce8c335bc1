"""Visits: a service's lines from an arrival to its answer. A request may visit a service more than once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator.logs.trace.lines import Told


@dataclass(frozen=True)
class Visit:
    """One visit of a request to a service. Either end may be missing: lost, or not in the files."""

    service: str
    arrival: Told | None
    inside: tuple[Told, ...] = ()
    answer: Told | None = None

    @property
    def start(self) -> float:
        """When it began, in milliseconds since 1970: at its arrival, or else by what its first lines say."""
        if self.arrival is not None:
            return self.arrival.at
        return min(line.start for line in self.lines)

    @property
    def end(self) -> float:
        """When it answered or, without an answer, when its last line was written."""
        return self.answer.at if self.answer is not None else max(line.at for line in self.lines)

    @property
    def lines(self) -> tuple[Told, ...]:
        """All its lines: arrival, what lies between, answer."""
        return (*filter(None, (self.arrival,)), *self.inside, *filter(None, (self.answer,)))

    @property
    def failed(self) -> bool:
        """Whether its answer tells of a failure."""
        return self.answer is not None and self.answer.failed


def visits(lines: Sequence[Told]) -> list[Visit]:
    """The visits of a request's lines, by their beginnings. Lines of a service belong to its newest unanswered visit;
    an answer ends the one whose arrival is nearest to where the answer says that it began."""
    found: list[Visit] = []
    for line in sorted(lines, key=lambda line: line.at):
        if line.step == "arrival":
            found.append(Visit(line.service, line))
        elif line.step == "answer":
            _answer(found, line)
        else:
            _inside(found, line)
    return sorted(found, key=lambda visit: (visit.start, -visit.end))


def _answer(found: list[Visit], line: Told) -> None:
    unanswered = [at for at, visit in enumerate(found) if visit.service == line.service and visit.answer is None]
    if unanswered:
        at = min(reversed(unanswered), key=lambda at: abs(found[at].start - line.start))
        found[at] = replace(found[at], answer=line)
    else:
        found.append(Visit(line.service, None, answer=line))


def _inside(found: list[Visit], line: Told) -> None:
    """Put a line into its visit; one that comes after the answer, as of work that the answer did not wait for, too."""
    own = [at for at, visit in enumerate(found) if visit.service == line.service]
    unanswered = [at for at in own if found[at].answer is None]
    if not own:
        found.append(Visit(line.service, None, (line,)))
        return
    at = (unanswered or own)[-1]
    found[at] = replace(found[at], inside=(*found[at].inside, line))
