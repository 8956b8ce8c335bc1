"""The thresholds of panels as bounds in the panel's unit: those of alerts, or numbers of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from fractions import Fraction

from contract.labels import TENANT
from generator.dsl.alert import Alert
from generator.dsl.conditional import Conditional
from generator.dsl.dashboard import BarGauge, Freshness, GaugePanel, Stat, Table, TimeSeries, Visualization
from generator.dsl.labels import Label
from generator.dsl.panel_thresholds import AlertThreshold, CriticalThreshold, FractionOfCritical, WarningThreshold
from generator.dsl.platform import Platform
from generator.dsl.query import Comparison, FractionOf, Query, ThresholdSeries
from generator.dsl.units import RATIO, Quantity, Unit
from generator.errors import DefinitionError, did_you_mean
from generator.frozen import frozen


@frozen
class Bound:
    """A bound of a panel's values: an amount, or with `series` an amount times the threshold of each label value.
    `lowest_of` is the label whose values have different thresholds, of which this is the lowest."""

    amount: Fraction
    unit: Unit
    series: ThresholdSeries | None = None
    lowest_of: Label | None = field(default=None, compare=False)

    def times(self, fraction: Quantity) -> Bound:
        """A fraction of the bound."""
        return replace(self, amount=self.amount * fraction.amount)

    def seen_by(self, query: Query) -> Bound:
        """The bound of a panel's query: a query that is divided by the series is compared with the amount alone. One
        over all routes, models or stores is compared with the strictest of their thresholds, so that it is never green
        where one of them pages; one over all tenants has no threshold."""
        if self.series is None:
            return self
        if isinstance(query, Conditional):
            return self.seen_by(query.inner)
        if isinstance(query, FractionOf) and query.threshold.series == self.series.series:
            return Bound(self.amount, RATIO)
        if self.series.label in (TENANT, *query.output_labels):
            return self
        table = self.series.table
        amounts = [each.amount for each in (*table.overrides.values(), table.default) if each is not None]
        lowest_of = self.series.label if len(set(amounts)) > 1 else None
        return Bound(self.amount * min(amounts), self.unit, lowest_of=lowest_of)

    def text(self) -> str:
        """For messages: 5%, 500 ms, or a percentage of the threshold of each label value."""
        if self.series is None:
            return Quantity(self.amount, self.unit).text()
        share = "" if self.amount == 1 else f"{Quantity(self.amount, RATIO).text()} of "
        return f"{share}{self.series.series}"


@frozen
class Bounds:
    """A panel's or a column's query and its bounds."""

    query: Query
    warning: Bound | None
    critical: Bound | None
    lower_is_worse: bool = False


@frozen
class PanelThresholds:
    """Resolves the thresholds of panels by the alerts of a build."""

    platform: Platform
    alerts: Sequence[Alert]

    def bounds(
        self,
        query: Query,
        critical: CriticalThreshold | None,
        warning: WarningThreshold | None,
        lower_is_worse: bool = False,
    ) -> Bounds:
        """The bounds of a query. Raises DefinitionError for an alert that does not exist or has no threshold."""
        resolved = self._bound(critical, query)
        if isinstance(warning, FractionOfCritical):
            return Bounds(query, resolved and resolved.times(warning.fraction), resolved, lower_is_worse)
        return Bounds(query, self._bound(warning, query), resolved, lower_is_worse)

    def of_panel(self, panel: Visualization) -> Iterator[Bounds]:
        """The bounds of each query of a panel; a distribution has none."""
        match panel:
            case TimeSeries(series=series, threshold=threshold, warning=warning):
                for each in series:
                    critical = threshold if each.threshold is None else each.threshold
                    yield self.bounds(each.query, critical, warning if each.warning is None else each.warning)
            case Stat() | GaugePanel() | BarGauge():
                yield self.bounds(panel.query, panel.critical, panel.warning, panel.lower_is_worse)
            case Freshness():
                yield self.bounds(panel.query, panel.critical, None)
            case Table(columns=columns):
                yield from (self.bounds(column.query, column.critical, column.warning) for column in columns)

    def texts(self, panel: Visualization) -> dict[str, str]:
        """The texts of a panel's thresholds that are the same for all values, by the names of its fields."""
        bounds = None if isinstance(panel, Table) else next(self.of_panel(panel), None)
        if bounds is None:
            return {}
        critical = "threshold" if isinstance(panel, TimeSeries) else "critical"
        named = {critical: bounds.critical, "warning": bounds.warning}
        return {
            name: bound.text().replace("%", " %")
            for name, bound in named.items()
            if bound is not None and bound.series is None
        }

    def note(self, panel: Visualization) -> str:
        """What a panel's text adds: the thresholds of a graph, whose lines are drawn when values come near, and that a
        panel's values are over routes, models or stores whose thresholds differ."""
        bounds = [bound for each in self.of_panel(panel) for bound in (each.critical, each.warning)]
        labels = dict.fromkeys(
            bound.lowest_of.variable for bound in bounds if bound is not None and bound.lowest_of is not None
        )
        notes = [f" The thresholds of {label}s differ: the lowest one counts here." for label in labels]
        drawn = [bound for bound in bounds if bound is not None] if isinstance(panel, TimeSeries) else []
        constants = dict.fromkeys(bound.text().replace("%", " %") for bound in drawn if bound.series is None)
        if constants:
            notes.append(f" Drawn when values come near: {' and '.join(constants)}.")
        elif drawn:
            notes.append(" A threshold is drawn when values come near it.")
        return "".join(notes)

    def _bound(self, threshold: CriticalThreshold | None, query: Query) -> Bound | None:
        match threshold:
            case None:
                return None
            case Quantity(amount=amount, unit=unit):
                return Bound(amount, unit)
            case ThresholdSeries():
                return Bound(Fraction(1), threshold.unit, threshold).seen_by(query)
            case AlertThreshold():
                comparison = self._comparison(threshold)
                return bound_of(comparison).seen_by(query) if comparison is not None else None

    def _comparison(self, threshold: AlertThreshold) -> Comparison | None:
        """The comparison that gives an alert its value; None where the platform disables the alert."""
        named = [alert for alert in self.alerts if alert.name == threshold.alert]
        selected = [alert for alert in named if threshold.severity in (None, alert.declared)]
        if not selected and self._is_disabled(threshold):
            return None
        if not named:
            hint = did_you_mean(threshold.alert, sorted({alert.name for alert in self.alerts}))
            raise DefinitionError(f"there is no alert {threshold.alert}", hint)
        severities = " or ".join(alert.declared.name for alert in named)
        if not selected and threshold.severity is not None:
            what = f"{threshold.alert} has no alert of severity {threshold.severity.value}"
            raise DefinitionError(what, f"name one that it has: {severities}")
        # A check reports two alerts of one name and severity.
        if len({alert.declared for alert in selected}) != 1:
            what = f"{len(named)} alerts are called {threshold.alert}"
            raise DefinitionError(what, f'name the severity: threshold_of("{threshold.alert}", {severities})')
        comparison = next(selected[0].rule(self.platform).condition.comparisons(), None)
        if comparison is None:
            raise DefinitionError(f"{threshold.alert} has no threshold", "name an alert that compares a query")
        return comparison

    def _is_disabled(self, threshold: AlertThreshold) -> bool:
        return any(
            (name == threshold.alert and not settings.enabled and None in (severity, threshold.severity))
            or (name, severity, settings.enabled) == (threshold.alert, threshold.severity, False)
            for (name, severity), settings in self.platform.alerts.items()
        )


def bound_of(comparison: Comparison) -> Bound:
    """The bound above which a comparison is true, in the unit of its query without the division by a threshold."""
    query, threshold = comparison.query, comparison.threshold
    if isinstance(threshold, ThresholdSeries):
        return Bound(Fraction(1), threshold.unit, threshold)
    if isinstance(query, FractionOf):
        return Bound(threshold.amount, query.inner.unit, query.threshold)
    return Bound(threshold.amount, threshold.unit)
