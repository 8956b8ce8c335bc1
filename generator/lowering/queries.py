"""Measures as expressions: every reading finds its series, and enters in the ledger what must be recorded for it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from contract import area_of
from contract.labels import ALERTNAME, ALERTSTATE, DIRECTION, MODEL, SEVERITY, TENANT
from generator.dsl.derived import BudgetLeft, Forecast, HowMany, Priced, Ratio, UsedOf
from generator.dsl.labels import BUCKET_BOUND, Label
from generator.dsl.measure import Measure, Window
from generator.dsl.platform import Platform
from generator.dsl.readings import Age, Buckets, Count, Firing, Latest, Quantile, Rate
from generator.dsl.units import PERCENT, SHARE, Duration
from generator.errors import DefinitionError
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.lowering.increases import Wanted, increase, raw
from generator.lowering.recording_rules import BASE, Ledger, Recorded, level, ordered
from generator.lowering.thresholds import limit_series, price_series

PER_BASE = Scalar(Fraction(BASE.seconds))
ZERO, ONE, HUNDRED = Scalar(Fraction(0)), Scalar(Fraction(1)), Scalar(Fraction(100))
WATCHDOG = "Watchdog"


@dataclass(frozen=True)
class Reader:
    """Lowers measures. With `fill`, as a wall wants it: a share whose numerator never appeared is 0 where its
    denominator is above 0, and a quantile of nothing is left out, not NaN; in a rule, neither is anything to tell."""

    platform: Platform
    ledger: Ledger
    fill: bool = False

    def read(self, measure: Measure) -> Expression:
        """The expression that answers a measure."""
        match measure:
            case Count(of=of, over=over, matchers=matchers, group_=group):
                return increase(self.ledger, Wanted(of, matchers, group), over)
            case Rate(of=of, matchers=matchers, group_=group):
                wanted = Wanted(of, matchers, group)
                per_step = increase(self.ledger, wanted, Window.STEP, averaged=True)
                return per_step if wanted.pinned else Binary("/", per_step, PER_BASE)
            case Buckets():
                wanted = Wanted(measure.of, measure.matchers, (*measure.group, BUCKET_BOUND))
                return increase(self.ledger, wanted, measure.over, averaged=True)
            case Quantile():
                value = self._quantile(measure)
                return Binary(">=", value, ZERO) if self.fill else value
            case Latest():
                return self._latest(measure)
            case Age():
                return self._age(measure)
            case Firing():
                return self._firing(measure)
        return self._derived(measure)

    def _derived(self, measure: Measure) -> Expression:
        match measure:
            case Ratio(top=top, bottom=bottom):
                return self._ratio(top, bottom)
            case BudgetLeft(inner=inner, objective=objective):
                return Binary("-", ONE, Binary("/", self.read(inner), Scalar(1 - objective.amount)))
            case UsedOf(inner=inner, limit=limit):
                series = Selector(limit_series(self, limit))
                return Binary("/", self.read(inner), series, (limit.label,), many=inner.group != (limit.label,))
            case HowMany(inner=inner):
                return Aggregate("count", Binary(">", self.read(inner), ZERO), ())
            case Priced(inner=inner):
                return self._priced(inner)
            case Forecast(so_far=so_far, newest=newest, whole=whole):
                assert isinstance(so_far.over, Duration)
                assert isinstance(newest.over, Duration)
                rest = Scalar((whole - so_far.over) / newest.over)
                return Binary("+", self.read(so_far), Binary("*", rest, self.read(newest)))
        raise DefinitionError(f"{type(measure).__name__} cannot be read", "teach generator/lowering/queries.py how")

    def _ratio(self, top: Measure, bottom: Measure) -> Expression:
        upper, lower = self.read(top), self.read(bottom)
        if not self.fill:
            return Binary("/", upper, lower)
        filled = Binary("or", upper, Binary("*", ZERO, lower))
        return Binary("/", filled, Binary(">", lower, ZERO))

    def _quantile(self, measure: Quantile) -> Expression:
        wanted = Wanted(measure.of, measure.matchers, (*measure.group, BUCKET_BOUND))
        q = Scalar(Fraction(str(measure.q)))
        if TENANT not in wanted.exact or not isinstance(measure.over, Duration):
            return Call("histogram_quantile", (q, increase(self.ledger, wanted, measure.over)))
        if wanted.pinned:
            return Call("histogram_quantile", (q, Aggregate("sum", raw(wanted, "rate", measure.over), wanted.group)))
        return Selector(self._recorded_quantile(measure, q), measure.matchers)

    def _recorded_quantile(self, measure: Quantile, q: Scalar) -> str:
        stray = [matcher.label.name for matcher in measure.matchers if matcher.label not in measure.group]
        if stray:
            raise DefinitionError(
                f"a quantile of every tenant cannot be narrowed by {', '.join(stray)}",
                "add .picked_by() or tell it by that",
            )
        labels = ordered(measure.group)
        percentile = f"{measure.q * 100:g}".replace(".", "_")
        name = f"{level(labels)}:{measure.of.name}:p{percentile}_{measure.over}"
        assert isinstance(measure.over, Duration)
        buckets = raw(Wanted(measure.of, (), ()), "rate", measure.over)
        expression = Call("histogram_quantile", (q, Aggregate("sum", buckets, (*labels, BUCKET_BOUND))))
        self.ledger.enter(name, (Recorded(name, labels, expression, area_of(measure.of.name)),))
        return name

    def _latest(self, measure: Latest) -> Expression:
        gauge = measure.of
        if gauge.recorded is None:
            return Aggregate("max", Selector(gauge.name, measure.matchers), measure.group)
        if set(measure.group) != set(gauge.labels):
            raise DefinitionError(
                f"{gauge.name} is a share: it cannot be taken together", "tell it by all of its labels"
            )
        self.record(gauge.name, gauge.labels, gauge.recorded, gauge.unit == PERCENT)
        return Selector(gauge.name, measure.matchers)

    def record(self, name: str, labels: tuple[Label, ...], measure: Measure, hundredths: bool) -> None:
        """Enter a measure in the ledger under a name of its own; a share in percent where the name says so."""
        value = Reader(self.platform, self.ledger, fill=True).read(measure)
        if hundredths and measure.unit == SHARE:
            value = Binary("*", HUNDRED, value)
        self.ledger.enter(name, (Recorded(name, ordered(labels), value, area_of(name), depth=2),))

    def _age(self, measure: Age) -> Expression:
        seen = Call("last_over_time", (Selector(measure.of.name, measure.matchers, measure.within),))
        age = Binary("-", Call("time", ()), Aggregate("max", seen, measure.group))
        expected = Selector(self.expected(measure.expected), measure.matchers)
        never = Binary("*", Scalar(Fraction(measure.within.seconds)), expected)
        # Only what is expected: a service taken off the platform is not missed for the rest of the day.
        return Binary("or", Binary("and", age, expected, on=measure.group), never, on=measure.group)

    def expected(self, label: Label) -> str:
        """The recorded series that has one sample for each service of the platform, there or not."""
        name = f"{label.name}:expected:info"
        one = Call("vector", (ONE,))
        rules = [Recorded(name, (label,), one, "limits", ((label, value),)) for value in self.platform.services]
        self.ledger.enter(name, rules)
        return name

    def _firing(self, measure: Firing) -> Expression:
        firing = ALERTSTATE.is_("firing")
        wanted = SEVERITY.is_(measure.severity) if measure.severity else SEVERITY.is_not("none")
        counted = Aggregate("count", Selector(measure.of.name, (firing, wanted, *measure.matchers)), measure.group)
        if measure.group:
            return counted
        # Zero only while Watchdog fires: an evaluator that is dead must not look like a quiet one.
        alive = Selector(measure.of.name, (ALERTNAME.is_(WATCHDOG), firing))
        return Binary("or", counted, Aggregate("sum", Binary("*", ZERO, alive), ()))

    def _priced(self, inner: Measure) -> Expression:
        both = (MODEL, DIRECTION)
        tokens = self.read(inner.by(*ordered((*inner.group, *both))))
        wide = set(inner.group) - set(both) != set()
        dollars = Binary("*", tokens, Selector(price_series(self)), both, many=wide)
        return Aggregate("sum", dollars, inner.group)
