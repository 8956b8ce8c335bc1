"""Where an increase is read: one tenant's from the raw counters, what spans tenants from recorded series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from contract import area_of
from contract.labels import TENANT
from generator.dsl.labels import BUCKET_BOUND, Label, Matcher
from generator.dsl.measure import Over, Window
from generator.dsl.metric import Countable, Histogram, Part, Union
from generator.dsl.units import Duration
from generator.errors import DefinitionError
from generator.ir.expression import Aggregate, Binary, Call, Dynamic, Expression, Selector, Span, Text
from generator.lowering.recording_rules import BASE, PROMPT, UNHURRIED, Ledger, Recorded, level, ordered


@dataclass(frozen=True)
class Wanted:
    """An increase that is wanted: of what, of whom, and told per which labels (a histogram's with its bounds)."""

    of: Countable | Histogram
    matchers: tuple[Matcher, ...]
    group: tuple[Label, ...]

    @property
    def name(self) -> str:
        """The name of what is read."""
        return f"{self.of.name}_bucket" if isinstance(self.of, Histogram) else self.of.name

    @property
    def told_apart(self) -> tuple[Label, ...]:
        """The labels that series of one recorded name always keep."""
        if isinstance(self.of, Histogram):
            return (BUCKET_BOUND,)
        return tuple(self.of.parts[0].told_apart) if isinstance(self.of, Union) else ()

    @property
    def matched(self) -> tuple[Label, ...]:
        """The labels that matchers pick by."""
        return tuple(matcher.label for matcher in self.matchers)

    @property
    def pinned(self) -> bool:
        """Whether one tenant is picked."""
        return TENANT in self.matched

    @property
    def exact(self) -> tuple[Label, ...]:
        """The labels that a series must keep to be read so."""
        return ordered((*self.group, *self.matched, *self.told_apart))

    @property
    def level(self) -> tuple[Label, ...]:
        """The labels of the recorded series: all but the tenant, or the tenant and what is asked for."""
        if TENANT in self.exact:
            return self.exact
        return ordered((*(label for label in self.of.labels if label != TENANT), *self.told_apart))


def increase(ledger: Ledger, wanted: Wanted, over: Over, averaged: bool = False) -> Expression:
    """The increase, summed by the wanted labels. Over a panel's step it is per second where one tenant's is read raw.
    Where it spans tenants it is in no unit, right for shares and quantiles alone, or `averaged` per 5 minutes."""
    if isinstance(over, Duration):
        return _of(Selector(recorded(ledger, wanted, over), wanted.matchers), wanted, _kept(wanted, over))
    if wanted.pinned:
        function, span = ("rate", Dynamic.RATE_INTERVAL) if over is Window.STEP else ("increase", Dynamic.RANGE)
        return Aggregate("sum", raw(wanted, function, span), wanted.group)
    base = recorded(ledger, wanted, BASE)
    if over is Window.STEP:
        # An average is over the time that a series is there: one that began with an incident would weigh too much.
        function = "avg_over_time" if averaged else "sum_over_time"
        return _of(Call(function, (Selector(base, wanted.matchers, Dynamic.RATE_INTERVAL),)), wanted, wanted.level)
    added = Call("sum_over_time", (Selector(base, wanted.matchers, Dynamic.RANGE, BASE),))
    return _of(added, wanted, wanted.level)


def raw(wanted: Wanted, function: str, span: Span) -> Expression:
    """A function over the raw counters; a union's parts each get the labels that tell them apart."""
    if not isinstance(wanted.of, Union):
        return Call(function, (Selector(wanted.name, wanted.matchers, span),))
    for matcher in wanted.matchers:
        if matcher.variable and matcher.label in wanted.told_apart:
            what = f"a variable of {matcher.label.name} cannot narrow {wanted.of.name} of one tenant"
            raise DefinitionError(what, f"no series bears {matcher.label.name} there: leave it out of .picked_by(…)")
    outside = tuple(matcher for matcher in wanted.matchers if matcher.label not in wanted.told_apart)
    parts = [part for part in wanted.of.parts if all(_matches(part, matcher) for matcher in wanted.matchers)]
    alone = len(parts) == 1 and not set(wanted.told_apart) & set(wanted.group)
    read = [
        _told_apart(Call(function, (Selector(part.counter.name, outside, span),)), {} if alone else part.told_apart)
        for part in parts
    ]
    if not read:
        raise DefinitionError(
            f"no part of {wanted.of.name} matches", "pick a store, an operation or a direction that it has"
        )
    return reduce(lambda left, right: Binary("or", left, right), read)


def _matches(part: Part, matcher: Matcher) -> bool:
    own = part.told_apart.get(matcher.label)
    return own is None or (own == matcher.value) == (matcher.operator == "=")


def _told_apart(read: Expression, marks: Mapping[Label, str]) -> Expression:
    for label, value in marks.items():
        read = Call("label_replace", (read, Text(label.name), Text(value), Text(""), Text("")))
    return read


def recorded(ledger: Ledger, wanted: Wanted, over: Duration) -> str:
    """The name of the recorded series that holds the increase over a fixed window, entered with all it is made from."""
    labels = _kept(wanted, over)
    name = f"{level(labels)}:{wanted.name}:increase{over}"
    if name in ledger:
        return name
    file = area_of(wanted.of.parts[0].counter.name if isinstance(wanted.of, Union) else wanted.of.name)
    if over != BASE and over.seconds % BASE.seconds == 0:
        base = recorded(ledger, wanted, BASE)
        added = Call("sum_over_time", (Selector(base, (), over, BASE),))
        expression = added if wanted.level == labels else Aggregate("sum", added, labels)
        every = PROMPT if over.seconds <= 12 * BASE.seconds else UNHURRIED
        ledger.enter(name, (Recorded(name, labels, expression, file, depth=1, every=every),))
    else:
        ledger.enter(name, _from_counters(wanted, labels, name, over, file))
    return name


def _from_counters(
    wanted: Wanted, labels: tuple[Label, ...], name: str, over: Duration, file: str
) -> tuple[Recorded, ...]:
    if not isinstance(wanted.of, Union):
        read = Call("increase", (Selector(wanted.name, (), over),))
        return (Recorded(name, labels, Aggregate("sum", read, labels), file),)
    rules = []
    for part in wanted.of.parts:
        kept = tuple(label for label in labels if label not in part.told_apart)
        read = Call("increase", (Selector(part.counter.name, (), over),))
        static = tuple(part.told_apart.items())
        rules.append(Recorded(name, labels, Aggregate("sum", read, kept), file, static))
    return tuple(rules)


def _kept(wanted: Wanted, over: Duration) -> tuple[Label, ...]:
    """The labels of the series recorded for a fixed window: the shared level in the base window, else what is asked."""
    return wanted.level if over == BASE else wanted.exact


def _of(read: Expression, wanted: Wanted, kept: tuple[Label, ...]) -> Expression:
    if set(kept) == set(wanted.group):
        return read
    return Aggregate("sum", read, wanted.group)
