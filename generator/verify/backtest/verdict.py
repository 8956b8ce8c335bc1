"""The verdict on a run: what was told in time, what came besides, and how often a person was woken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.rendering.alertmanager import PAGE_PACE, TICKET_PACE
from generator.verify.backtest.case import MINUTE, Due
from generator.verify.backtest.notifications import Firing, audible, notifications
from generator.verify.backtest.run import Run


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
class Heard:
    """What a set of rules told: the first page and the first ticket, in seconds after the incident's start, or None.

    `pages` and `tickets` are Alertmanager's notifications, `alerts` the firings that these are made of.
    """

    first_page: float | None
    first_ticket: float | None
    pages: int
    tickets: int
    alerts: int

    @property
    def first(self) -> float | None:
        """When a person heard of it: a page says what a ticket would."""
        return min((x for x in (self.first_page, self.first_ticket) if x is not None), default=None)


@dataclass(frozen=True)
class Verdict:
    """A run, judged. `wrong` is what was told and must not; beside it, what the static thresholds and the peer told."""

    run: Run
    told: tuple[Told, ...]
    wrong: tuple[Firing, ...]
    shipped: Heard
    static: Heard
    peer: Heard

    @property
    def calmer(self) -> bool:
        """Whether it paged less often than the static thresholds, or but once, where those paged at all."""
        return self.shipped.pages < max(self.static.pages, 2) or not self.static.pages

    @property
    def passed(self) -> bool:
        """Whether all was told in time, nothing else, and no later than the peer told it."""
        return not self.misses

    @property
    def misses(self) -> tuple[str, ...]:
        """What is wrong with it, in words."""
        late = (f"{one.due.alarm}: {_late(one)}" for one in self.told if not one.in_time)
        said = sorted({_said(one) for one in self.wrong})
        wrong = (f"{one}: {self._times(one)} and should not be" for one in said)
        return (*late, *wrong, *self._slower())

    def _times(self, said: str) -> str:
        count = sum(_said(one) == said for one in self.wrong)
        return "told once" if count == 1 else f"told {count} times"

    @property
    def slower(self) -> tuple[bool, bool]:
        """Whether the first page came after the peer's, and the first page or ticket after the peer's ticket. Where
        nothing is due, nothing comes late."""
        ours, theirs = self.shipped, self.peer
        return (
            bool(self.told) and _later(ours.first_page, theirs.first_page),
            bool(self.told) and _later(ours.first, theirs.first_ticket),
        )

    def _slower(self) -> Iterator[str]:
        late, slow = self.slower
        if late:
            yield f"paged {_after(self.shipped.first_page)}, by sloth {_after(self.peer.first_page)}"
        if slow:
            yield f"told {_after(self.shipped.first)}, by sloth's ticket {_after(self.peer.first_ticket)}"


def judged(run: Run) -> Verdict:
    """Hold what was heard against what was due."""
    heard = audible(run.shipped)
    return Verdict(
        run=run,
        told=tuple(_told(run, due) for due in run.case.due),
        wrong=tuple(one for one in heard if not run.case.allows(one.labels)),
        shipped=_heard(heard),
        static=_heard(run.static),
        peer=_heard(run.peer),
    )


def _heard(firings: Sequence[Firing]) -> Heard:
    pages, tickets = ([one for one in firings if one.wakes is wakes] for wakes in (True, False))
    return Heard(
        first_page=min((one.span[0] for one in pages), default=None),
        first_ticket=min((one.span[0] for one in tickets), default=None),
        pages=notifications(pages, PAGE_PACE),
        tickets=notifications(tickets, TICKET_PACE),
        alerts=len(firings),
    )


def _told(run: Run, due: Due) -> Told:
    fired = [one.span for one in run.shipped if due.alarm.is_told_by(one.labels)]
    if not fired:
        return Told(due, None, None)
    last = max(end for _, end in fired)
    over = last < run.case.lasting + run.case.after - MINUTE
    return Told(due, min(start for start, _ in fired), max(last - run.case.lasting, 0) if over else None)


def _late(told: Told) -> str:
    return f"told {_after(told.after)}, due within {minutes(told.due.within)}" if told.after else "never told"


def _later(ours: float | None, theirs: float | None) -> bool:
    return theirs is not None and (ours is None or ours > theirs)


def _after(time: float | None) -> str:
    return "never" if time is None else f"after {minutes(time)}"


def _said(one: Firing) -> str:
    labels = one.labels
    subject = (labels[name] for name in ("tenant_id", "route", "model", "store") if name in labels)
    return " ".join((f"{labels['alertname']} ({labels['severity']})", *subject))


def minutes(seconds: float) -> str:
    """A time in minutes, or in hours from three hours on."""
    return f"{seconds / 3600:.1f} h" if seconds >= 3 * 3600 else f"{seconds / 60:g} min"
