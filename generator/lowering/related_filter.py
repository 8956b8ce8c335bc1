"""Panels of metrics that lack the label of a template variable: they read the series whose other labels, such as the
route, are those of series that have a selected value."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from generator.dsl.dashboard import Variable
from generator.dsl.labels import Label, Matcher
from generator.dsl.metrics import Counter
from generator.dsl.query import Query
from generator.errors import DefinitionError
from generator.frozen import frozen
from generator.ir.expression import Aggregate, Binary, Call, Expression, Selector
from generator.ir.rules import BASE_WINDOW

KnownLabels = Mapping[str, Collection[Label]]
"""The labels of series, by name."""
HINT = "add .filtered_by(…), and say in the title that it shows all of them"


@frozen
class RelatedFilter:
    """The filter of a variable for metrics without its label: series of the counter `related` that have a selected
    value of `label` choose the values of the labels `through`."""

    label: Label
    related: Counter
    through: tuple[Label, ...]

    def applies(self, query: Query) -> bool:
        """Whether it filters a query. Raises DefinitionError where it filters a part of it alone: metrics without the
        label, and not those with it or those that name their filters."""
        read = tuple(query.metric_queries())
        related = [each.filters is None and self._is_related(each.metric.labels) for each in read]
        if any(related) and not all(related):
            lacking, other = read[related.index(True)].metric.name, read[related.index(False)].metric.name
            what = f"the variable of {self.label.name} does not filter {lacking} and {other} by the same"
            raise DefinitionError(what, "show them in two panels")
        return any(related)

    def _is_related(self, labels: Collection[Label]) -> bool:
        return self.label not in labels and all(label in labels for label in self.through)

    def note(self) -> str:
        """What it selects, as the end of a panel's description."""
        through = " and ".join(label.plural for label in self.through)
        return f" It shows the {through} of the selected {self.label.plural}, each as a whole."

    def same(self, query: Query) -> tuple[Label, ...]:
        """The labels that a series and one of `related` must have in common: those of `through`, and those by which the
        query is grouped or filtered."""
        queries = tuple(query.metric_queries())
        read = [label for each in queries for label in (*each.by_labels, *(matcher.label for matcher in each.matchers))]
        own = [label for label in self.related.labels if label in read and label != self.label]
        return tuple(dict.fromkeys((*(label for label in own if label not in self.through), *self.through)))

    def query(self, same: Iterable[Label]) -> Query:
        """The series that choose, by the labels that must be the same."""
        return self.related.increase(BASE_WINDOW).by(*same, self.label)

    def filtered(
        self,
        expression: Expression,
        related: Expression,
        same: tuple[Label, ...],
        known: Mapping[str, Collection[Label]],
    ) -> Expression:
        """An expression of those series alone to which a series of `related` belongs, the expression of `query` with
        the variables' matchers; all of them where all values are selected. Raises DefinitionError for a series that
        lacks one of the labels."""
        return _Join(self, related, same, known).of(expression)


def related_filters(variables: tuple[Variable, ...]) -> tuple[RelatedFilter, ...]:
    """The filters of a dashboard's variables that choose through other labels."""
    return tuple(
        RelatedFilter(variable.label, variable.metric, variable.through)
        for variable in variables
        if variable.through and isinstance(variable.metric, Counter)
    )


@frozen
class _Join:
    """Joins each vector of series in an expression with `related`."""

    filter: RelatedFilter
    related: Expression
    same: tuple[Label, ...]
    known: KnownLabels

    @property
    def if_all(self) -> tuple[Matcher, ...]:
        """The matchers of series without the label that match where all values of the variable are selected."""
        return (self.filter.label.is_(""), self.filter.label.matches_variable())

    def of(self, node: Expression) -> Expression:
        match node:
            case Selector():
                return self._joined(node, node, self._if_all(node))
            case Call(arguments=(Selector(range=range_) as source,)) if range_ is not None:
                return self._joined(source, node, replace(node, arguments=(self._if_all(source),)))
            case Call(arguments=arguments):
                return replace(node, arguments=tuple(map(self.of, arguments)))
            case Aggregate(inner=inner):
                return replace(node, inner=self.of(inner))
            case Binary(left=left, right=right):
                return replace(node, left=self.of(left), right=self.of(right))
        return node

    def _if_all(self, source: Selector) -> Selector:
        return replace(source, matchers=(*source.matchers, *self.if_all))

    def _joined(self, source: Selector, series: Expression, of_all: Expression) -> Expression:
        for label in self.same:
            if label not in self.known.get(source.name, ()):
                variable = f"the variable of {self.filter.label.name}"
                what = f"{variable} cannot filter it: {source.name} has no label {label.name}"
                raise DefinitionError(what, HINT)
        return Binary("or", of_all, Binary("and", series, self.related, on=self.same))
