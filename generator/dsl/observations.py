"""What a histogram observes, counted: all observations, those above a threshold, such as the slow requests of an SLO,
or those up to it, such as queries without a document. They are read as counters are:
`observations_above(LATENCY, slo).ratio_to(observations(LATENCY), minutes(5))`."""

from __future__ import annotations

from fractions import Fraction

from generator.dsl.arguments import require
from generator.dsl.labels import Label
from generator.dsl.metrics import Countable, Histogram, Increase, Quantile, Ratio
from generator.dsl.query import ThresholdSeries
from generator.dsl.units import OBSERVATIONS_UNIT, RATIO, Quantity, Unit, format_number
from generator.errors import DefinitionError
from generator.frozen import frozen

READ_A_HISTOGRAM = "name one of contract/, as LATENCY"


@frozen
class Observations(Countable):
    """The observations of a histogram: all of them, or those above a threshold, which is a bound of its buckets, or
    with `up_to` those that are not above it. Where the threshold differs by label value, values without one are not
    counted."""

    histogram: Histogram
    threshold: Quantity | ThresholdSeries | None = None
    up_to: bool = False

    @property
    def name(self) -> str:  # type: ignore[override]
        """The name of the raw series of all; for those above a threshold, the second part of recorded names."""
        metric = self.histogram.name
        match self.threshold:
            case None:
                return f"{metric}_count"
            case ThresholdSeries(label=label, table=table):
                of_other = "" if table.name == metric else f"{table.name}_"
                return f"{metric}_above_{label.name}_{of_other}limit"
            case Quantity(amount=amount):
                relation = "up_to" if self.up_to else "above"
                return f"{metric}_{relation}_{format_number(amount).replace(',', '').replace('.', '_')}"

    @property
    def unit(self) -> Unit:  # type: ignore[override]
        """Observations, which are counted among requests, calls and queries."""
        return OBSERVATIONS_UNIT

    @property
    def labels(self) -> tuple[Label, ...]:  # type: ignore[override]
        """The labels of the histogram."""
        return self.histogram.labels


def observations(histogram: Histogram) -> Observations:
    """Return all observations of a histogram."""
    require((histogram,), Histogram, "observations(…)", "a histogram", READ_A_HISTOGRAM)
    return Observations(histogram)


def observations_above(histogram: Histogram, threshold: Quantity | ThresholdSeries) -> Observations:
    """Return the observations of a histogram above a threshold. Raises DefinitionError for one in another unit, and for
    one of a label that the histogram does not have."""
    kinds = (Quantity, ThresholdSeries)
    _check("observations_above(…)", histogram, threshold, kinds, "pass one of contract.objectives")
    if isinstance(threshold, ThresholdSeries) and threshold.label not in histogram.labels:
        what = f"{threshold.table.name} differs by {threshold.label.name}, a label that {histogram.name} does not have"
        raise DefinitionError(what, "give a threshold by a label of the histogram")
    return Observations(histogram, threshold)


def observations_up_to(histogram: Histogram, threshold: Quantity) -> Observations:
    """Return the observations of a histogram that are at most a threshold. Raises DefinitionError for one in another
    unit."""
    _check("observations_up_to(…)", histogram, threshold, (Quantity,), "write quantity(0, DOCUMENTS_UNIT)")
    return Observations(histogram, threshold, up_to=True)


def _check(
    call: str, histogram: Histogram, threshold: Quantity | ThresholdSeries, kinds: tuple[type, ...], hint: str
) -> None:
    """Raise DefinitionError unless a call has a histogram and a threshold in its unit."""
    require((histogram,), Histogram, call, "a histogram", READ_A_HISTOGRAM)
    require((threshold,), kinds, call, "a threshold", hint)
    if threshold.unit != histogram.unit:
        relation = call.removeprefix("observations_").removesuffix("(…)").replace("_", " ")
        what = f"{call} of {histogram.name}, in {histogram.unit.name}, {relation} {threshold.unit.name}"
        raise DefinitionError(what, f"give the threshold in {histogram.unit.name}")


def share_above(quantile: Quantile, threshold: Quantity | ThresholdSeries) -> Ratio:
    """Return the share of observations above the threshold of a quantile: the 95th percentile is above it where more
    than 5 % of the observations are."""
    above, of_all = (
        Increase(
            metric=metric,
            window=quantile.window,
            by_labels=quantile.by_labels,
            matchers=quantile.matchers,
            filters=quantile.filters,
        )
        for metric in (observations_above(quantile.metric, threshold), observations(quantile.metric))
    )
    return Ratio(above, of_all, RATIO)


def allowed_share(quantile: Quantile) -> Fraction:
    """The share of observations that may be above the threshold of a quantile: 5 % for the 95th percentile."""
    return 1 - Fraction(str(quantile.q))
