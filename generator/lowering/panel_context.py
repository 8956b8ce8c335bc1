"""What the panels of a dashboard share, and how they lower their queries: filtered, named and with their states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from contract.labels import TENANT
from generator.dsl.alert import Alert
from generator.dsl.conditional import Conditional, Numerator
from generator.dsl.dashboard import Visualization
from generator.dsl.labels import Label
from generator.dsl.metrics import Buckets, Increase
from generator.dsl.panel_text import queries_of
from generator.dsl.query import MetricQuery, Query
from generator.dsl.units import ValueFormat
from generator.frozen import frozen
from generator.ir.dashboard import LinkSpec, QueryTarget
from generator.ir.expression import Binary, Call, Expression, Scalar, Selector
from generator.lowering.absence import absence
from generator.lowering.legend import legend
from generator.lowering.metric_labels import filters_of
from generator.lowering.panel_thresholds import Bound, PanelThresholds
from generator.lowering.queries import QueryLowering
from generator.lowering.related_filter import RelatedFilter
from generator.lowering.tenant_filter import (
    is_by_tenant,
    is_filtered_by_tenant,
    of_all_or_selected,
    of_each_or_selected,
)
from generator.lowering.thresholds import threshold_series


@frozen
class PanelContext:
    """What the panels of a dashboard share. `variables` are the labels of the template variables, `constant_labels`
    those whose variable has one value; `link` makes a link to another dashboard; `alerts` are those whose
    thresholds panels show. `platform_labels` are those that the platform adds: their variables filter a panel as a
    whole, or not at all. With `of_all_tenants`, the variable of the tenant may select all of them; `related` are the
    filters of metrics without the label of a variable.
    """

    lowering: QueryLowering
    variables: tuple[Label, ...]
    link: Callable[[str, str], LinkSpec]
    constant_labels: tuple[Label, ...] = ()
    alerts: Sequence[Alert] = ()
    platform_labels: tuple[Label, ...] = ()
    of_all_tenants: bool = False
    related: tuple[RelatedFilter, ...] = ()

    @property
    def thresholds(self) -> PanelThresholds:
        """Resolves the thresholds of panels."""
        return PanelThresholds(self.lowering.platform, self.alerts)

    def of_panel(self, visualization: Visualization) -> PanelContext:
        """The context of a panel, with the variables of the platform's labels that filter it."""
        filters = filters_of(visualization, self.platform_labels, self.lowering.rules.contract)
        return replace(self, variables=(*self.variables, *filters)) if filters else self

    def all_values(self) -> str:
        """The end of a panel's description that names the platform's labels whose variables do not filter the panel.
        Titles have no space for them; the definitions' own name the other labels."""
        names = [f"all {label.plural}" for label in self.platform_labels if label not in self.variables]
        return f" It is of {' and '.join(names)}, whatever is selected." if names else ""

    def related_values(self, visualization: Visualization) -> str:
        """The end of a panel's description that says what the variables of labels select that its metrics lack."""
        queries = tuple(map(self._current, queries_of(visualization)))
        return "".join(each.note() for each in self.related if any(map(each.applies, queries)))

    def series_of(self, bound: Bound) -> Expression:
        """The series of a bound that differs by label value, filtered like the panel's other series."""
        assert bound.series is not None
        label = bound.series.label
        matchers = (label.matches_variable(),) if label in self.variables else ()
        series = Selector(threshold_series(self.lowering, bound.series), matchers)
        return series if bound.amount == 1 else Binary("*", Scalar(bound.amount), series)

    def current(self, query: Query, expression: Expression, legend_format: str) -> QueryTarget:
        """The target of a panel of current values, whose expression has the values of a query."""
        absent = absence(self.lowering, query, self.filtered)
        return QueryTarget("A", expression, legend_format, instant=True, absence=absent)

    def legend(self, query: Query, name: str = "") -> str:
        """The legend format of a query's series."""
        return legend(query, name, self.constant_labels)

    def lower(self, query: Query) -> Expression:
        """The expression of a query, filtered by the template variables of labels that its metrics have."""
        if not self.of_all_tenants or not is_filtered_by_tenant(self.filtered(query)):
            return self._lowered(query, self.lowering)
        others = replace(self, variables=tuple(label for label in self.variables if label != TENANT))
        of_all = others._lowered(query, self.lowering)
        of_selected = self._lowered(query, self.lowering.of_selected_tenants)
        if is_by_tenant(query):
            return of_each_or_selected(of_all, of_selected, self.lowering.always)
        return of_all_or_selected(of_all, of_selected)

    def _lowered(self, query: Query, lowering: QueryLowering) -> Expression:
        """The expression of a query with its matchers, of the series that the variables of other labels select."""
        filtered = self.filtered(query)
        expression = lowering.lower(filtered)
        for related in self.related:
            if related.applies(self._current(query)):
                same = related.same(filtered)
                of_related = lowering.lower(self.filtered(related.query(same)))
                expression = related.filtered(expression, of_related, same, lowering.rules.known_labels())
        return expression

    def _current(self, query: Query) -> Query:
        """A query of the metrics that a project has in place of the default ones."""
        return query.map_metric_queries(self.lowering.current)

    def lower_value(self, query: Query) -> Expression:
        """The expression of values that are shown as numbers: counts are whole."""
        expression = self.lower(query)
        return Call("round", (expression,)) if is_count(query) else expression

    def filtered(self, query: Query) -> Query:
        """A query with the matchers of the template variables that apply to it."""

        def add_matchers(default: MetricQuery) -> MetricQuery:
            metric_query = self.lowering.current(default)
            labels = self.variables if metric_query.filters is None else metric_query.filters
            applicable = [label for label in labels if label in self.variables and label in metric_query.metric.labels]
            return metric_query.with_matchers(tuple(label.matches_variable() for label in applicable))

        return query.map_metric_queries(add_matchers)


def is_count(query: Query) -> bool:
    """Whether a query counts events over a window. Prometheus extrapolates an increase to the whole window, so that it
    is no whole number; one above 0 is at least 1, which rounding keeps."""
    match query:
        case Conditional(inner=inner):
            return is_count(inner)
        case Numerator(inner=ratio):
            return is_count(ratio.numerator)
        case Increase():
            return query.unit.format is ValueFormat.COUNT
    return isinstance(query, Buckets)
