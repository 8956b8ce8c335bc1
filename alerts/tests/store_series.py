"""Input series of calls to the stores, and of those that fail."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from alerts.tests.names import Labels
from contract.labels import STORE
from contract.storage import STORAGE_CALLS, STORAGE_ERRORS
from generator.dsl.alert_test import InputSeries, Segment, input_series
from generator.dsl.metrics import Counter
from generator.dsl.platform import Platform
from generator.dsl.rates import Traffic
from generator.dsl.units import Quantity
from generator.frozen import frozen

Course = Callable[[Fraction], tuple[Segment, ...]]
"""Makes the segments of a rate per minute."""


@frozen
class Store:
    """A store of the platform, the counters of its calls and errors, and the error ratios above which a ticket is
    opened and somebody is paged."""

    name: str
    calls: tuple[Counter, ...]
    errors: Counter
    ticket: Quantity
    page: Quantity

    @property
    def thresholds(self) -> tuple[Quantity, Quantity]:
        """Both thresholds."""
        return self.ticket, self.page

    @property
    def labels(self) -> Labels:
        """The labels of its alerts."""
        return {STORE: self.name}

    def series(
        self, labels: Labels, traffic: Traffic, calls: Course, errors: Course | None = None
    ) -> tuple[InputSeries, ...]:
        """Calls with these labels, most of the first counter and half as many of each further one; those that fail may
        have a course of their own."""
        parts = [Fraction(0)]
        for number in range(2, len(self.calls) + 1):
            part = Fraction(traffic.requests) / 2**number
            parts.append(Fraction(math.floor(part)) if traffic.requests.denominator == 1 and part >= 1 else part)
        parts[0] = traffic.requests - sum(parts)
        counted = (input_series(counter, labels, *calls(part)) for counter, part in zip(self.calls, parts, strict=True))
        return (*counted, input_series(self.errors, labels, *(errors or calls)(traffic.errors)))


def stores(platform: Platform) -> tuple[Store, ...]:
    """The platform's stores without thresholds of their own if there are two, or all; those with the most counters
    last."""
    thresholds = platform.storage
    own = {*thresholds.ticket_overrides, *thresholds.page_overrides}
    of_all = {member.distinguishing_labels[STORE]: member.counter for member in STORAGE_ERRORS.members}
    errors = {name: counter for name, counter in of_all.items() if name in platform.stores}
    calls = {
        name: tuple(member.counter for member in STORAGE_CALLS.members if member.distinguishing_labels[STORE] == name)
        for name in errors
    }
    usual = [name for name in errors if name not in own]
    names = usual if len(usual) > 1 else list(errors)
    result = (
        Store(
            name,
            calls[name],
            errors[name],
            thresholds.ticket_overrides.get(name, thresholds.ticket),
            thresholds.page_overrides.get(name, thresholds.page),
        )
        for name in names
    )
    return tuple(sorted(result, key=lambda store: len(store.calls)))


def outer_stores(platform: Platform) -> tuple[Store, ...]:
    """A store with one counter of calls, and the one with the most; or the platform's only one."""
    first, *others = stores(platform)
    return first, *others[-1:]


def middle_stores(platform: Platform) -> tuple[Store, ...]:
    """The other stores."""
    return stores(platform)[1:-1]
