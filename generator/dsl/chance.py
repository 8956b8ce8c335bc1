"""Too many failures to be chance: a condition on a failing share that judges few events by the longer windows that hold
enough of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

from generator.dsl.arguments import require
from generator.dsl.labels import Label
from generator.dsl.metrics import Countable, Histogram, Quantile
from generator.dsl.observations import allowed_share, observations, observations_above
from generator.dsl.query import Comparison, Condition, DerivedQuery, Query, Rule, Threshold, comparison
from generator.dsl.units import RATIO, Duration, Quantity, Unit, hours, minutes
from generator.frozen import frozen

SHORTEST, HOUR, LONGEST = WINDOWS = (minutes(5), hours(1), hours(6))
"""The windows whose failures are compared with chance; the shortest that holds enough decides."""
ALLOWED = Fraction(4, 5)
"""The share that is expected of a healthy tenant at worst, as a fraction of its threshold."""
MARGIN = Fraction(2)
"""By how much the root of the failures is above that of the expected ones. The root of a number of independent events
has a standard deviation of one half, whatever the number: 2 are four standard deviations."""
FAILING_FOR, EXCEEDED_FOR = minutes(7), minutes(3)
"""How long the shortest window is above the threshold, and above chance, before it decides: one minute of failures, or
one operation that is retried, is in the window for 5."""
FAILING_STEPS = {HOUR: 3, LONGEST: 4}
"""In how many 5-minute steps of a longer window requests fail before it decides."""
REMEMBERED = hours(3)
"""For how long the failures of an hour that were no chance keep the condition true while requests still fail."""
STILL_FAILING_STEPS = 2
"""In how many 5-minute steps requests still fail: one failure after an incident does not prolong it."""
STILL_FAILING, STILL_FAILING_SPARSE = minutes(15), hours(1)
"""How far the steps with failures may be apart, with enough events and with few."""
MOST = Fraction(1, 2)
"""Where so large a share of an hour's few events fails, one step with failures is enough."""
ENOUGH_PER_HOUR = Fraction(60)
"""From so many events an hour on, there are enough for each step to have some."""
KEEP_FIRING = minutes(30)
"""One incident is one alert: a pause of its failures is shorter."""


@frozen(eq=False)
class TooManyToBeChance(Comparison):
    """A failing share is above its threshold, in the shortest window whose failures are too many to be chance, and
    events still fail. `query` is the share over the shortest window, `longer` are those over the others.

    The value is the share, plus `offset_of(window)`: an annotation of it needs no query. `as_quantile` is the
    comparison of a quantile that a share of slow events stands for: texts state its quantile and its threshold.
    """

    longer: tuple[Query, ...]
    as_quantile: Comparison | None = None

    def queries(self) -> Iterator[Query]:
        yield from (self.query, *self.longer)

    def map_queries(self, change: Callable[[Query], Query]) -> Condition:
        return replace(self, query=change(self.query), longer=tuple(map(change, self.longer)))


@frozen(eq=False)
class ShareBeyondChance(DerivedQuery):
    """The failing share of a longer window where it may decide a condition: where events still fail, or where its
    failures are too many to be chance."""

    condition: TooManyToBeChance

    @property
    def unit(self) -> Unit:
        return RATIO


def shares_of(condition: TooManyToBeChance) -> tuple[Query, ...]:
    """The shares that a condition may have as its value, the one of the shortest window first."""
    return (condition.query, *(ShareBeyondChance(each, condition) for each in condition.longer))


def too_many_to_be_chance(failures: Countable, of: Countable, *by: Label, allowed: Threshold) -> Rule:
    """Return the rule that the share of events that fail is above a threshold, with more failures than chance explains,
    over the shortest window that holds enough, and still. Raises DefinitionError for counters of which one is not part
    of the other, for labels that they lack, and for a threshold that is no share."""
    require((failures, of), Countable, "too_many_to_be_chance(…)", "two counters", "write ERRORS, REQUESTS")
    shortest, *longer = (failures.ratio_to(of, window).by(*by) for window in WINDOWS)
    compared = comparison(shortest, ">", allowed)
    condition = TooManyToBeChance(compared.query, compared.operator, compared.threshold, tuple(longer))
    return Rule(condition, None, KEEP_FIRING)


def too_slow_to_be_chance(latency: Histogram, q: float, *by: Label, slo: Threshold) -> Rule:
    """Return the rule that a quantile of a latency is above its SLO: more events are slower than the quantile allows,
    too many to be chance. Raises DefinitionError for labels that the latency lacks, and for an SLO in another unit."""
    require((latency,), Histogram, "too_slow_to_be_chance(…)", "a histogram", "name one of contract/, as LATENCY")
    compared = comparison(latency.quantile(q, SHORTEST).by(*by), ">", slo)
    assert isinstance(compared.query, Quantile)
    allowed = Quantity(allowed_share(compared.query), RATIO)
    rule = too_many_to_be_chance(
        observations_above(latency, compared.threshold), observations(latency), *by, allowed=allowed
    )
    assert isinstance(rule.condition, TooManyToBeChance)
    return replace(rule, condition=replace(rule.condition, as_quantile=compared))


def shown_comparison(each: Comparison) -> Comparison:
    """What the texts of an alert say of a comparison: that of the quantile which a share of slow events stands for."""
    if isinstance(each, TooManyToBeChance) and each.as_quantile is not None:
        return each.as_quantile
    return each


def offset_of(window: Duration) -> int:
    """What the value of the condition has in addition to the share where a window decides: 0, 2 or 4. A share is at
    most 1, so the value says which window it is of."""
    return 2 * WINDOWS.index(window)


def decided_by(value: float) -> tuple[Duration, float]:
    """The window and the share of a value of the condition."""
    window = WINDOWS[min(int(value) // 2, len(WINDOWS) - 1)]
    return window, value - offset_of(window)


def threshold_name(condition: TooManyToBeChance) -> str:
    """What names a threshold in recorded series: its table, or its number."""
    threshold = condition.threshold
    if isinstance(threshold, Quantity):
        return f"{float(threshold.amount):g}".replace(".", "_")
    return threshold.table.name
