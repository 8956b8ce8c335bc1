"""The verdict on a run: what was told in time, what came besides, and how often a person was woken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator.backtest.case import MINUTE, Due
from generator.backtest.heard import Firing, audible
from generator.backtest.run import Run


@dataclass(frozen=True)
class Told:
    """What must be told, and when it was: seconds from the incident's start, or None if it never was.

    `resolved` is seconds from the incident's end to the last of it, or None where it still fires at the run's end.
    """

    due: Due
    after: float | None
    resolved: float | None

    @property
    def in_time(self) -> bool:
        """Whether it was told, no later than it must."""
        return self.after is not None and self.after <= self.due.within


@dataclass(frozen=True)
class Verdict:
    """A run, judged. `wrong` is what was told and must not; pages are firings that woke somebody.

    `first` is when anything was told to a person, `static_after` when a static threshold was: seconds after the start.
    """

    run: Run
    told: tuple[Told, ...]
    wrong: tuple[Firing, ...]
    pages: int
    tickets: int
    first: float | None
    static_after: float | None
    static_pages: int

    @property
    def calmer(self) -> bool:
        """Whether it woke less often than the static thresholds, where those woke anybody."""
        return self.pages < self.static_pages or not self.static_pages

    @property
    def passed(self) -> bool:
        """Whether all was told in time, and nothing else."""
        return all(one.in_time for one in self.told) and not self.wrong

    @property
    def misses(self) -> tuple[str, ...]:
        """What is wrong with it, in words."""
        late = (f"{one.due.alarm}: {_late(one)}" for one in self.told if not one.in_time)
        said = sorted({_said(one) for one in self.wrong})
        return (*late, *(f"{one}: {self._times(one)} and should not be" for one in said))

    def _times(self, said: str) -> str:
        count = sum(_said(one) == said for one in self.wrong)
        return "told once" if count == 1 else f"told {count} times"


def judged(run: Run) -> Verdict:
    """Hold what was heard against what was due."""
    heard = audible(run.shipped)
    return Verdict(
        run=run,
        told=tuple(_told(run, due) for due in run.case.due),
        wrong=tuple(one for one in heard if not run.case.allows(one.labels)),
        pages=sum(one.wakes for one in heard),
        tickets=sum(not one.wakes for one in heard),
        first=min((one.span[0] for one in heard), default=None),
        static_after=min((one.span[0] for one in run.static), default=None),
        static_pages=len(run.static),
    )


def _told(run: Run, due: Due) -> Told:
    fired = [one.span for one in run.shipped if due.alarm.is_told_by(one.labels)]
    if not fired:
        return Told(due, None, None)
    last = max(end for _, end in fired)
    over = last < run.case.lasting + run.case.after - MINUTE
    return Told(due, min(start for start, _ in fired), max(last - run.case.lasting, 0) if over else None)


def _late(told: Told) -> str:
    if told.after is None:
        return "never told"
    return f"told after {minutes(told.after)}, due within {minutes(told.due.within)}"


def _said(one: Firing) -> str:
    labels = one.labels
    subject = (labels[name] for name in ("tenant_id", "route", "model", "store") if name in labels)
    return " ".join((f"{labels['alertname']} ({labels['severity']})", *subject))


def minutes(seconds: float) -> str:
    """A time in minutes, or in hours from three hours on."""
    return f"{seconds / 3600:.1f} h" if seconds >= 3 * 3600 else f"{seconds / 60:g} min"


def failures(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Those that did not pass."""
    return tuple(one for one in verdicts if not one.passed)
