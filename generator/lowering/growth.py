"""Growth: what a counter grew since its cursor, a copy of the raw counter that is recorded every 5 minutes.

The growth of all ticks adds up to what was counted, whatever the time between two ticks: through gaps in the samples,
late ticks, and the faster evaluation of promtool. What cursors cannot show is read from the raw samples, and is
recorded for the few series that need it, so that all that is joined has the labels which a rule group may add:

- A counter restarted. The cursor has what it grew since; the rest is the difference between the last cursor and the
  highest value since. Several restarts between two ticks, and one of a counter that has outgrown its old value, are
  what `increase` makes of them.
- A counter is new. It has no cursor yet, and grew all that it has, if its first sample is 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce

from generator.dsl.labels import Label
from generator.dsl.metrics import CombinedCounter
from generator.dsl.observations import Observations
from generator.dsl.units import Duration, days, hours
from generator.frozen import frozen
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.ir.rules import BASE_WINDOW, GROWTH_INTERVAL, RecordingRule
from generator.lowering.increases import LONGEST_FAST_WINDOW, IncreaseSpec, counters_of
from generator.lowering.recording_rules import RecordingRules, in_contract_order, level

GROWTH, RUNNING_TOTAL = "growth", "running_total"
"""Of the names of recorded growth, and of totals to which each tick adds its growth."""
CURSOR, BEFORE_RESTART, WITH_RESTARTS, SINCE_BIRTH = (
    "cursor",
    "highest10m_before_restart",
    "increase5m_with_restarts",
    "growth_since_birth",
)
PARTS = (CURSOR, BEFORE_RESTART, WITH_RESTARTS, SINCE_BIRTH)
"""Of the names of what growth is made of, which nothing else reads."""
LONGEST_SILENCE = days(1)
"""A series without a cursor in this time begins again."""
NEW = hours(1)
"""How long a series is new. Prometheus takes no older start of a series in place of its first sample."""
TWO_TICKS = GROWTH_INTERVAL * 2


def is_read_from_growth(spec: IncreaseSpec, window: Duration) -> bool:
    """Whether an amount is a sum of growth: windows of up to an hour are paces, and need each sample; observations
    above a threshold are differences of buckets."""
    has_threshold = isinstance(spec.metric, Observations) and spec.metric.threshold is not None
    return window > LONGEST_FAST_WINDOW and not has_threshold


def amount_from_growth(rules: RecordingRules, spec: IncreaseSpec, window: Duration) -> Expression:
    """The amount over a window, by the labels that the spec needs, as the sum of recorded growth."""
    over_time = Call("sum_over_time", (Selector(recorded_growth(rules, spec), range=window),))
    # Summed also where the labels are the same: of a label that all rules get one day, the series recorded before have
    # none, and their sums would be two results with the same labels for as long as the window.
    return Aggregate("sum", over_time, spec.needed_labels)


def recorded_growth(rules: RecordingRules, spec: IncreaseSpec) -> str:
    """The name of the recorded growth by the labels that a spec needs, added with the cursors that it reads."""
    name = f"{level(spec.needed_labels)}:{spec.name}:{GROWTH}"
    rules.add(name, _growth_rules(name, rules, spec))
    return name


def _growth_rules(name: str, rules: RecordingRules, spec: IncreaseSpec) -> Iterator[RecordingRule]:
    area = rules.area_of(spec.metric)
    for counter in recorded_cursors(rules, spec):
        labels = tuple(label for label in spec.needed_labels if label not in counter.static_labels)
        expression = Aggregate("sum", counter.growth(), labels)
        rule = RecordingRule(name, spec.needed_labels, expression, area, depth=1, interval=GROWTH_INTERVAL)
        yield replace(rule, static_labels=tuple(counter.static_labels.items()))


def recorded_cursors(rules: RecordingRules, spec: IncreaseSpec) -> Sequence[CursorCounter]:
    """The counters of a spec, added with the cursors that their growth reads. What reads the growth has to be recorded
    in the same area: rules of one group are evaluated at the same time."""
    counters = [replace(counter, has_cursor=rules.sums_growth) for counter in _counters(spec)]
    for counter in counters if rules.sums_growth else ():
        for rule in counter.parts(rules.area_of(spec.metric)):
            rules.add(rule.name, (rule,))
    return counters


def operation(name: str) -> str:
    """The last part of a recorded series' name, level:metric:operation."""
    return name.rpartition(":")[2]


@frozen
class CursorCounter:
    """A raw counter with the labels of its series, and those that its growth gets. Without a cursor, which a later rule
    of the group could not read, its growth is the increase of a tick, which loses what comes in a gap."""

    name: str
    labels: tuple[Label, ...]
    static_labels: Mapping[Label, str]
    has_cursor: bool = True

    def parts(self, area: str) -> Iterator[RecordingRule]:
        """The rules that record its cursor, one to one, and what is read of raw samples instead of cursors."""
        parts = {
            CURSOR: Selector(self.name),
            BEFORE_RESTART: self._highest_before_restart(),
            WITH_RESTARTS: self._increase_with_restarts(),
            SINCE_BIRTH: self._since_birth(),
        }
        for part, expression in parts.items():
            yield RecordingRule(self._part(part), self._labels, expression, area, interval=GROWTH_INTERVAL)

    def growth(self) -> Expression:
        """What each series grew since its last cursor."""
        if not self.has_cursor:
            return self._of_tick("increase")
        after_restart = Binary("and", self._selector(CURSOR), Binary("<", self._since_cursor, _number(0)))
        # A cursor is recorded until its series ends; idelta would repeat the last growth for a day.
        is_new = Binary("==", Call("timestamp", (self._selector(CURSOR),)), Call("time", ()))
        by_cursor = Binary("and", Binary("or", Binary(">=", self._since_cursor, _number(0)), after_restart), is_new)
        return reduce(
            lambda left, right: Binary("or", left, right),
            (self._with_restarts(), by_cursor, self._selector(SINCE_BIRTH)),
        )

    def _with_restarts(self) -> Expression:
        """What grew before and after a restart that raw samples show."""
        lower = Binary("<", self._since_cursor, _number(0))
        # Less than the cursor is a sign of another restart, or of one that no sample of the two ticks shows.
        grown = Binary(">", Binary("+", lower, self._selector(BEFORE_RESTART)), self._selector(CURSOR))
        # In a test that is evaluated every minute, some of the five are before the last cursor, and counted already.
        cursors = Call("count_over_time", (self._selector(CURSOR, GROWTH_INTERVAL),))
        of_tick = Binary("and", self._selector(WITH_RESTARTS), Binary("==", cursors, _number(1)))
        return Binary("or", grown, of_tick)

    def _highest_before_restart(self) -> Expression:
        """The last value before the only restart in the time of two ticks, one of which may have been missed."""
        highest = Call("max_over_time", (Selector(self.name, range=TWO_TICKS),))
        resets = Call("resets", (Selector(self.name, range=TWO_TICKS),))
        return Binary("and", highest, Binary("==", resets, _number(1)))

    def _increase_with_restarts(self) -> Expression:
        by_samples = Binary("and", self._of_tick("increase"), Binary(">", self._of_tick("resets"), _number(0)))
        # A restart just after the last cursor is between no two samples of the tick.
        is_lower = Binary("<", self._of_tick("min_over_time"), Selector(self.name, offset=BASE_WINDOW))
        return Binary("or", by_samples, Binary("and", Selector(self.name), is_lower))

    def _since_birth(self) -> Expression:
        first = Call("min_over_time", (Selector(self.name, range=NEW),))
        return Binary("unless", Binary("-", Selector(self.name), first), Selector(self.name, offset=NEW))

    def _of_tick(self, function: str) -> Expression:
        return Call(function, (Selector(self.name, range=BASE_WINDOW),))

    @property
    def _since_cursor(self) -> Expression:
        return Call("idelta", (self._selector(CURSOR, LONGEST_SILENCE),))

    def _selector(self, part: str, window: Duration | None = None) -> Selector:
        return Selector(self._part(part), range=window)

    def _part(self, part: str) -> str:
        return f"{level(self._labels)}:{self.name}:{part}"

    @property
    def _labels(self) -> tuple[Label, ...]:
        return in_contract_order(self.labels)


def _counters(spec: IncreaseSpec) -> Sequence[CursorCounter]:
    if isinstance(spec.metric, CombinedCounter):
        members = spec.metric.members
        return [CursorCounter(each.counter.name, each.counter.labels, each.distinguishing_labels) for each in members]
    return [CursorCounter(name, spec.metric.labels, {}) for name in counters_of(spec)]


def _number(value: int) -> Scalar:
    return Scalar(Fraction(value))
