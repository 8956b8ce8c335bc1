"""Violations of the log contract: found in a line, counted by kind in bounded memory, and reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import TypeAlias

from generator.errors import Problem
from generator.frozen import frozen

UNRECOGNIZED = "unrecognized"
"""The rule that a line violates that is not a log line of our Workers; a violation only with `--strict`."""

MAX_LOCATED = 5
"""How many violations of a kind keep their line number and are shown; the others are only counted."""

ViolationKind: TypeAlias = tuple[str, str]
"""The rule and the field group of a violation."""


@frozen
class LineViolation:
    """A violation of the contract by one line: the rule and the field, never the field's value.

    `group` is the field with every name that the contract does not have replaced by `*`, so that there are few groups.
    """

    rule: str
    field: str
    group: str
    what: str
    hint: str

    @property
    def kind(self) -> ViolationKind:
        """The key by which violations are counted."""
        return self.rule, self.group


@frozen
class LocatedViolation:
    """A violation and its line number, from 1."""

    line: int
    violation: LineViolation


@frozen
class ScanResult:
    """The result of scanning consecutive lines: the number of lines, how many of them are recognized, and for each kind
    the first violations and the number of all. Line numbers count from the first of these lines."""

    lines: int = 0
    recognized: int = 0
    located: Mapping[ViolationKind, tuple[LocatedViolation, ...]] = field(default_factory=dict)
    counts: Mapping[ViolationKind, int] = field(default_factory=dict)

    def followed_by(self, following: ScanResult) -> ScanResult:
        """Return the result of these lines and the lines right after them."""
        located = dict(self.located)
        for kind, violations in following.located.items():
            moved = (LocatedViolation(self.lines + each.line, each.violation) for each in violations)
            located[kind] = (*located.get(kind, ()), *moved)[:MAX_LOCATED]
        counts = dict(self.counts)
        for kind, count in following.counts.items():
            counts[kind] = counts.get(kind, 0) + count
        return ScanResult(self.lines + following.lines, self.recognized + following.recognized, located, counts)


@frozen
class ScanReport:
    """The results of all scanned files by file name, in the order in which the files were read."""

    files: Mapping[str, ScanResult] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """The number of lines, including blank ones."""
        return sum(result.lines for result in self.files.values())

    @property
    def recognized(self) -> int:
        """The number of log lines of our Workers."""
        return sum(result.recognized for result in self.files.values())

    @property
    def unrecognized(self) -> int:
        """The number of other lines, without blank ones."""
        return sum(count for (rule, _), count in self.counts(True).items() if rule == UNRECOGNIZED)

    def counts(self, strict: bool) -> dict[ViolationKind, int]:
        """Return the number of violations of each kind; unrecognized lines count only if `strict`."""
        counts: dict[ViolationKind, int] = {}
        for result in self.files.values():
            for kind, count in result.counts.items():
                if strict or kind[0] != UNRECOGNIZED:
                    counts[kind] = counts.get(kind, 0) + count
        return counts


def scan_report(results: Iterable[tuple[str, ScanResult]]) -> ScanReport:
    """Join the results of consecutive chunks, each with its file's name, into a report."""
    files: dict[str, ScanResult] = {}
    for name, result in results:
        files[name] = files.get(name, ScanResult()).followed_by(result)
    return ScanReport(files)


def problems(report: ScanReport, strict: bool) -> list[Problem]:
    """Return the first violations of each kind as problems, followed by the number of further ones."""
    shown: list[Problem] = []
    for kind, count in report.counts(strict).items():
        located = [(name, each) for name, result in report.files.items() for each in result.located.get(kind, ())][
            :MAX_LOCATED
        ]
        shown += [
            Problem(f"{name}:{each.line} {each.violation.field}".rstrip(), each.violation.what, each.violation.hint)
            for name, each in located
        ]
        if count > len(located):
            name, last = located[-1]
            more = f"{count - len(located):,} more of this kind ({': '.join(filter(None, kind))})"
            shown.append(Problem(f"{name}:{last.line} and later", more, last.violation.hint))
    return shown


def summary(report: ScanReport, strict: bool) -> str:
    """Return the numbers of lines and violations in one sentence."""
    counts = report.counts(strict)
    lines = f"{report.recognized:,} of {_plural(report.lines, 'line')} recognized, {report.unrecognized:,} unrecognized"
    violations = f"{_plural(sum(counts.values()), 'violation')} of {_plural(len(counts), 'kind')}"
    return f"{_plural(len(report.files), 'file')}: {lines}; {violations if counts else 'no violations'}"


def scan_data(report: ScanReport, strict: bool) -> dict[str, object]:
    """Return the numbers of lines and of each kind of violation as JSON data."""
    return {
        "files": len(report.files),
        "lines": report.lines,
        "recognized": report.recognized,
        "unrecognized": report.unrecognized,
        "violations": [
            {"rule": rule, "field": field or None, "count": count}
            for (rule, field), count in report.counts(strict).items()
        ],
    }


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
