"""Violations of the log contract: found in a line, counted by kind in bounded memory, and reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from functools import reduce
from typing import TypeAlias

from generator.errors import Location, Problem
from generator.frozen import frozen

UNRECOGNIZED = "unrecognized"
"""The rule that a line violates that is not a log line of the Workers: it was searched, not checked by the contract. A
violation only with `--strict`."""
UNREADABLE = "unreadable"
"""The rule that a line violates that could not be read completely: it was searched as text."""

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
    """The result of scanning consecutive lines of a file.

    `lines` are the physical ones, by which line numbers count from the first of these lines. The others count log
    lines: an object of an export contains any number of them, and is one itself if it contains none. `checked` are the
    Workers', `searched` other ones, and `unreadable` those that could not be read completely. For each kind of
    violation there are the first ones and the number of all.
    """

    lines: int = 0
    checked: int = 0
    searched: int = 0
    unreadable: int = 0
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
        return ScanResult(
            self.lines + following.lines,
            self.checked + following.checked,
            self.searched + following.searched,
            self.unreadable + following.unreadable,
            located,
            counts,
        )

    @property
    def total(self) -> int:
        """The number of log lines."""
        return self.checked + self.searched + self.unreadable


@frozen
class ScanReport:
    """The results of all scanned files by file name, in the order in which the files were read."""

    files: Mapping[str, ScanResult] = field(default_factory=dict)

    @property
    def total(self) -> ScanResult:
        """The numbers of all files."""
        return reduce(ScanResult.followed_by, self.files.values(), ScanResult())

    @property
    def unchecked(self) -> list[str]:
        """The files without a line of the Workers."""
        return [name for name, result in self.files.items() if not result.checked]

    def fails(self, strict: bool) -> bool:
        """Return whether there are violations, or a file in which nothing was checked."""
        return bool(self.counts(strict) or self.unchecked)

    def counts(self, strict: bool) -> dict[ViolationKind, int]:
        """Return the number of violations of each kind; unrecognized lines count only if `strict`."""
        counts: dict[ViolationKind, int] = {}
        for result in self.files.values():
            for kind, count in result.counts.items():
                if strict or kind[0] != UNRECOGNIZED:
                    counts[kind] = counts.get(kind, 0) + count
        return counts


def scan_report(names: Iterable[str], results: Iterable[tuple[str, ScanResult]]) -> ScanReport:
    """Join the results of consecutive chunks, each with its file's name, into a report on these files."""
    files = dict.fromkeys(names, ScanResult())
    for name, result in results:
        files[name] = files[name].followed_by(result)
    return ScanReport(files)


def problems(report: ScanReport, strict: bool) -> list[Problem]:
    """Return the first violations of each kind as problems, followed by the number of further ones, and the files in
    which nothing was checked."""
    shown: list[Problem] = []
    for kind, count in report.counts(strict).items():
        located = [(name, each) for name, result in report.files.items() for each in result.located.get(kind, ())][
            :MAX_LOCATED
        ]
        shown += [_problem(name, each.line, each.violation.field, each.violation) for name, each in located]
        if count > len(located):
            name, last = located[-1]
            more = f"{count - len(located):,} more of this kind ({': '.join(filter(None, kind))})"
            where = Location(name, last.line)
            shown.append(Problem(f"{where} and later", more, last.violation.hint, place=where))
    return [*shown, *(_unchecked(name, report.files[name]) for name in report.unchecked)]


def summary(report: ScanReport, strict: bool) -> str:
    """Return the coverage and the number of violations in one sentence."""
    counts, total = report.counts(strict), report.total
    others = [
        f"{count:,} {what}"
        for count, what in ((total.searched, "searched only"), (total.unreadable, "unreadable"))
        if count
    ]
    coverage = ", ".join([f"{total.checked:,} of {_plural(total.total, 'line')} checked", *others])
    violations = f"{_plural(sum(counts.values()), 'violation')} of {_plural(len(counts), 'kind')}"
    return f"{_plural(len(report.files), 'file')}: {coverage}; {violations if counts else 'no violations'}"


def scan_data(report: ScanReport, strict: bool) -> dict[str, object]:
    """Return the coverage and the number of each kind of violation as JSON data."""
    total = report.total
    return {
        "files": len(report.files),
        "lines": total.total,
        "checked": total.checked,
        "searched": total.searched,
        "unreadable": total.unreadable,
        "unchecked_files": report.unchecked,
        "violations": [
            {"rule": rule, "field": field or None, "count": count}
            for (rule, field), count in report.counts(strict).items()
        ],
    }


def _problem(name: str, line: int, field: str, violation: LineViolation) -> Problem:
    where = Location(name, line)
    return Problem(f"{where} {field}".rstrip(), violation.what, violation.hint, place=where)


def _unchecked(name: str, result: ScanResult) -> Problem:
    other = f"none of its {_plural(result.total, 'line')} is of the Workers" if result.total else "it has no lines"
    return Problem(
        name, f"nothing was checked: {other}", "name a log of the Workers, or leave the file out", place=Location(name)
    )


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
