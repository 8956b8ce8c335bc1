"""The truth: what really happened, asked by metric, time and labels; exact, for every happening was kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from contract.ai import AI_TOKENS_INPUT, AI_TOKENS_OUTPUT
from contract.labels import MODEL
from generator.dsl.metric import Counter, Histogram, Union
from generator.verify.simulation.counting import Amounts, Told
from generator.verify.simulation.simulation import Simulation


@dataclass(frozen=True)
class Truth:
    """Questions about a simulation.

    `start` and `end` are seconds since 1970; what happened after the sample at `start`, up to the sample at `end`,
    counts. Labels are the contract's, as keywords: `tenant_id="…", route="/chat"`; those not named are summed over.
    """

    simulation: Simulation

    def total(self, metric: Counter | Histogram | Union, start: float, end: float, **labels: str) -> int:
        """By how much a counter or a union grew, in its unit; of a histogram the sum of the values observed."""
        return sum(int(amounts.sum()) for _, amounts in self._amounts(metric, start, end, labels))

    def count(self, metric: Counter | Histogram | Union, start: float, end: float, **labels: str) -> int:
        """How many happenings there were: of a histogram the values observed."""
        return sum(amounts.size for _, amounts in self._amounts(metric, start, end, labels))

    def share(
        self, part: Counter | Union, whole: Counter | Union, start: float, end: float, **labels: str
    ) -> float | None:
        """Which part of `whole` was `part`, between 0 and 1; None where there was nothing of it."""
        among = self.total(whole, start, end, **labels)
        return self.total(part, start, end, **labels) / among if among else None

    def quantile(self, histogram: Histogram, q: float, start: float, end: float, **labels: str) -> float | None:
        """The smallest value observed that a share `q` of all does not exceed, in the metric's unit; None without
        any."""
        values = self.values(histogram, start, end, **labels)
        return float(np.quantile(values, q, method="inverted_cdf")) if values.size else None

    def values(self, histogram: Histogram, start: float, end: float, **labels: str) -> NDArray[np.int64]:
        """All values observed, in the metric's unit."""
        found = [amounts for _, amounts in self._amounts(histogram, start, end, labels)]
        return np.concatenate([np.zeros(0, dtype=np.int64), *found])

    def dollars(self, start: float, end: float, **labels: str) -> float:
        """What the tokens cost, at the platform's prices; those of a model without a price cost nothing."""
        spent = 0.0
        for metric in (AI_TOKENS_INPUT, AI_TOKENS_OUTPUT):
            for told, amounts in self._amounts(metric, start, end, labels):
                price = self.simulation.plan.platform.model_prices.get(told.labels[MODEL.name])
                each = (price.input if metric is AI_TOKENS_INPUT else price.output) if price else None
                spent += int(amounts.sum()) * float(each.amount) if each else 0.0
        return spent

    def by(
        self, label: str, metric: Counter | Histogram | Union, start: float, end: float, **labels: str
    ) -> dict[str, int]:
        """The total for each value of a label, the largest first."""
        totals: dict[str, int] = {}
        for told, amounts in self._amounts(metric, start, end, labels):
            totals[told.labels[label]] = totals.get(told.labels[label], 0) + int(amounts.sum())
        return dict(sorted(totals.items(), key=lambda item: (-item[1], item[0])))

    def _amounts(
        self, metric: Counter | Histogram | Union, start: float, end: float, labels: Mapping[str, str]
    ) -> Iterator[tuple[Told, Amounts]]:
        clock = self.simulation.plan.clock
        for told in self._of(metric):
            if labels.items() <= told.labels.items():
                window = np.searchsorted(told.at, [clock.until(start), clock.until(end)], side="right")
                yield told, told.amount[window[0] : window[1]]

    def _of(self, metric: Counter | Histogram | Union) -> Iterator[Told]:
        """What was told of a metric; a union's parts bear the labels that tell them apart too."""
        if isinstance(metric, Union):
            for part in metric.parts:
                apart = {label.name: value for label, value in part.told_apart.items()}
                yield from (replace(told, labels={**told.labels, **apart}) for told in self._of(part.counter))
        else:
            yield from (told for told in self.simulation.told if told.metric.name == metric.name)
