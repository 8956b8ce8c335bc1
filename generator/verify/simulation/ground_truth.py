"""The exact expected values of a simulation, by metric, time and labels, computed from every single event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from contract.ai import AI_TOKENS_INPUT, AI_TOKENS_OUTPUT
from contract.labels import MODEL
from generator.dsl.metrics import CombinedCounter, Counter, Histogram
from generator.frozen import frozen
from generator.verify.simulation.measurements import Amounts, Measurements
from generator.verify.simulation.simulation import Simulation


@frozen
class GroundTruth:
    """Expected values of a simulation.

    `start` and `end` are seconds since 1970: events after the sample at `start`, up to the sample at `end`, count.
    Labels are the contract's, as keywords: `tenant_id="…", route="…"`; the result is the sum over all others.
    """

    simulation: Simulation

    def total(self, metric: Counter | Histogram | CombinedCounter, start: float, end: float, **labels: str) -> int:
        """Return the increase of a counter in its unit, or the sum of the observed values of a histogram."""
        return sum(int(amounts.sum()) for _, amounts in self._amounts(metric, start, end, labels))

    def count(self, metric: Counter | Histogram | CombinedCounter, start: float, end: float, **labels: str) -> int:
        """Return the number of events, which for a histogram is the number of observed values."""
        return sum(amounts.size for _, amounts in self._amounts(metric, start, end, labels))

    def ratio(
        self,
        numerator: Counter | CombinedCounter,
        denominator: Counter | CombinedCounter,
        start: float,
        end: float,
        **labels: str,
    ) -> float | None:
        """Return the ratio of two increases, or None if the denominator did not increase."""
        total = self.total(denominator, start, end, **labels)
        return self.total(numerator, start, end, **labels) / total if total else None

    def quantile(self, histogram: Histogram, q: float, start: float, end: float, **labels: str) -> float | None:
        """Return the smallest observed value that at least a fraction `q` of all values do not exceed, or None if there
        are no values."""
        values = self.values(histogram, start, end, **labels)
        return float(np.quantile(values, q, method="inverted_cdf")) if values.size else None

    def values(self, histogram: Histogram, start: float, end: float, **labels: str) -> NDArray[np.int64]:
        """Return all observed values, in the metric's unit."""
        amounts_by_series = [amounts for _, amounts in self._amounts(histogram, start, end, labels)]
        return np.concatenate([np.zeros(0, dtype=np.int64), *amounts_by_series])

    def cost_dollars(self, start: float, end: float, **labels: str) -> float:
        """Return the cost of the tokens at the platform's prices. Models without a price cost nothing."""
        cost = 0.0
        for metric in (AI_TOKENS_INPUT, AI_TOKENS_OUTPUT):
            for measurements, amounts in self._amounts(metric, start, end, labels):
                prices = self.simulation.plan.platform.model_prices.get(measurements.labels[MODEL.name])
                price = (prices.input if metric is AI_TOKENS_INPUT else prices.output) if prices else None
                cost += int(amounts.sum()) * float(price.amount) if price is not None else 0.0
        return cost

    def total_by(
        self, label: str, metric: Counter | Histogram | CombinedCounter, start: float, end: float, **labels: str
    ) -> dict[str, int]:
        """Return the total for each value of a label, the largest first."""
        totals: dict[str, int] = {}
        for measurements, amounts in self._amounts(metric, start, end, labels):
            value = measurements.labels[label]
            totals[value] = totals.get(value, 0) + int(amounts.sum())
        return dict(sorted(totals.items(), key=lambda item: (-item[1], item[0])))

    def _amounts(
        self, metric: Counter | Histogram | CombinedCounter, start: float, end: float, labels: Mapping[str, str]
    ) -> Iterator[tuple[Measurements, Amounts]]:
        clock = self.simulation.plan.clock
        limits = [clock.last_step(start), clock.last_step(end)]
        for measurements in self._measurements(metric, labels):
            first, stop = np.searchsorted(measurements.steps, limits, side="right")
            yield measurements, measurements.amounts[first:stop]

    def _measurements(
        self, metric: Counter | Histogram | CombinedCounter, labels: Mapping[str, str]
    ) -> Iterator[Measurements]:
        """Yield the measurements of a metric that have some labels; the members of a union also have its distinguishing
        labels."""
        if isinstance(metric, CombinedCounter):
            for member in metric.members:
                distinguishing = {label.name: value for label, value in member.distinguishing_labels.items()}
                if all(distinguishing.get(name, value) == value for name, value in labels.items()):
                    others = {name: value for name, value in labels.items() if name not in distinguishing}
                    for measurements in self._measurements(member.counter, others):
                        yield replace(measurements, labels={**measurements.labels, **distinguishing})
        else:
            for measurements in self.simulation.by_metric.get(metric.name, ()):
                if labels.items() <= measurements.labels.items():
                    yield measurements
