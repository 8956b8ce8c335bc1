"""SLOs, their error budgets and burn rates, as in chapter 5 of the SRE Workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from fractions import Fraction

from generator.dsl.arguments import require, require_duration
from generator.dsl.fields import check_fields
from generator.dsl.labels import Label
from generator.dsl.metrics import Countable
from generator.dsl.query import Condition, ThresholdSeries, ThresholdTable
from generator.dsl.units import RATIO, Duration, Quantity, format_number
from generator.errors import DefinitionError
from generator.frozen import frozen

ERROR_BUDGET = "error_budget"
"""The name of the table of error budgets by label value."""


@frozen
class Slo:
    """An SLO: the fraction of events that must be good (`target`) in a rolling window (`window`). Where targets differ,
    `targets` has that of every value of `label`."""

    target: Quantity
    window: Duration
    label: Label | None = None
    targets: Mapping[str, Quantity] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_fields(self)
        require_fraction(self.target, "Slo(target=…)", "percent(99.5)")

    @property
    def objective(self) -> Quantity | ThresholdSeries:
        """The target, of each value of the label where targets differ."""
        return self._threshold("availability_target", lambda slo: slo.target)

    @property
    def error_budget_threshold(self) -> Quantity | ThresholdSeries:
        """The fraction of events that may fail, of each value of the label where targets differ."""
        return self._threshold(ERROR_BUDGET, lambda slo: slo.error_budget)

    def error_ratio_threshold(self, budget_fraction: Quantity, window: Duration) -> Quantity | ThresholdSeries:
        """The error ratio that uses up a fraction of the budget in a window, of each value of the label where targets
        differ."""
        name = f"error_share_burning_{format_number(budget_fraction.amount * 100)}_percent_in_{window}"
        return self._threshold(name.replace(".", "_"), lambda slo: slo.error_ratio_at(budget_fraction, window))

    def _threshold(self, name: str, value: Callable[[Slo], Quantity]) -> Quantity | ThresholdSeries:
        if self.label is None or not self.targets:
            return value(self)
        values = {each: value(Slo(target, self.window)) for each, target in self.targets.items()}
        return ThresholdTable(name, self.target.unit, None, values).per(self.label)

    @property
    def error_budget(self) -> Quantity:
        """The fraction of events that may fail."""
        return Quantity(1 - self.target.amount, self.target.unit)

    def burn_rate(self, budget_fraction: Quantity, window: Duration) -> Fraction:
        """Return the burn rate that uses up a fraction of the budget in a window; 1 uses it up in the SLO window."""
        require_fraction(budget_fraction, "slo.burn_rate(…)", "percent(2)")
        require_duration(window, "slo.burn_rate(…)")
        return budget_fraction.amount * (self.window / window)

    def error_ratio_at(self, budget_fraction: Quantity, window: Duration) -> Quantity:
        """Return the error ratio that uses up a fraction of the budget in a window."""
        return Quantity(self.burn_rate(budget_fraction, window) * self.error_budget.amount, self.target.unit)


@frozen
class BurnRateWindows:
    """The windows of a burn-rate alert: the burn rate that uses up a fraction of the error budget in a long window.

    A short window has to have the same burn rate, and `current_window`, if given, a burn rate above 1, so that the
    alert resolves soon after the errors end.
    """

    budget_fraction: Quantity
    long_window: Duration
    short_window: Duration
    current_window: Duration | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        require_fraction(self.budget_fraction, "BurnRateWindows(…)", "percent(2)")
        windows = [
            window for window in (self.long_window, self.short_window, self.current_window) if window is not None
        ]
        if windows != sorted(set(windows), reverse=True):
            texts = ", ".join(window.text() for window in windows)
            raise DefinitionError(
                f"the windows of a burn rate are {texts}", "make the long one longest and the current one shortest"
            )

    def condition(self, errors: Countable, requests: Countable, slo: Slo, *labels: Label) -> Condition:
        """Return the condition that the error ratios of all windows are above those of their burn rates."""
        call = "BurnRateWindows.condition(…)"
        require((errors, requests), Countable, call, "counters", "write .condition(ERRORS, REQUESTS, slo, LABEL)")
        require((slo,), Slo, call, "an SLO", "write platform.availability")
        error_ratio = slo.error_ratio_threshold(self.budget_fraction, self.long_window)
        long, short = (
            errors.ratio_to(requests, window).by(*labels) for window in (self.long_window, self.short_window)
        )
        burning = long.above(error_ratio) & short.above(error_ratio)
        if self.current_window is None:
            return burning
        return burning & errors.ratio_to(requests, self.current_window).by(*labels).above(slo.error_budget_threshold)


def require_fraction(value: object, call: str, example: str) -> None:
    """Raise DefinitionError unless the argument of a call is a ratio between 0 and 1, both exclusive."""
    require((value,), Quantity, call, "a ratio", f"write {example}")
    assert isinstance(value, Quantity)
    if value.unit != RATIO or not 0 < value.amount < 1:
        raise DefinitionError(f"{call} takes a ratio between 0% and 100%, not {value.text()}", f"write {example}")
