"""Panels of metrics that lack the label of a template variable: they read the series whose other labels, such as the
route, are those of series that have a selected value."""

from __future__ import annotations

from dataclasses import replace

from generator.dsl.dashboard import Variable
from generator.dsl.labels import Label, Matcher
from generator.dsl.metrics import Counter
from generator.dsl.query import Query
from generator.errors import DefinitionError
from generator.frozen import frozen
from generator.ir.expression import Aggregate, Binary, Call, Expression, Selector
from generator.ir.rules import BASE_WINDOW


@frozen
class RelatedFilter:
    """The filter of a variable for metrics without its label: series of the counter `related` that have a selected
    value of `label` choose the values of the labels `through`."""

    label: Label
    related: Counter
    through: tuple[Label, ...]

    def applies(self, query: Query) -> bool:
        """Whether it filters a query. Raises DefinitionError where it reads metrics with and without the label, which
        is no filter of both."""
        read = [each.metric for each in query.metric_queries() if each.filters is None]
        related = [self._is_related(metric.labels) for metric in read]
        if any(related) and not all(related):
            lacking, other = read[related.index(True)].name, read[related.index(False)].name
            what = f"it reads {lacking}, which lacks the label {self.label.name}, and {other}"
            raise DefinitionError(what, "show them in two panels")
        return any(related)

    def _is_related(self, labels: tuple[Label, ...]) -> bool:
        return self.label not in labels and all(label in labels for label in self.through)

    def note(self) -> str:
        """What it selects, as the end of a panel's description."""
        through = " and ".join(label.plural for label in self.through)
        return f" It is of the {through} of the selected {self.label.plural}."

    def query(self, *same: Label) -> Query:
        """The series that choose, by the labels that decide: those of `through`, and more that must be the same."""
        return self.related.increase(BASE_WINDOW).by(*same, *self.through, self.label)

    def filtered(self, expression: Expression, related: Expression, *same: Label) -> Expression:
        """An expression of those series alone to which a series of `related` belongs, the expression of `query` with
        the variables' matchers; all of them where all values are selected."""
        if_all = (self.label.is_(""), self.label.matches_variable())
        return _of_related(expression, if_all, related, (*same, *self.through))


def related_filters(variables: tuple[Variable, ...]) -> tuple[RelatedFilter, ...]:
    """The filters of a dashboard's variables that choose through other labels."""
    return tuple(
        RelatedFilter(variable.label, variable.metric, variable.through)
        for variable in variables
        if variable.through and isinstance(variable.metric, Counter)
    )


def _of_related(
    node: Expression, if_all: tuple[Matcher, ...], related: Expression, labels: tuple[Label, ...]
) -> Expression:
    """Each vector of series in an expression, of those alone to which a series of `related` belongs. The matchers
    `if_all` match series without the label where all values of the variable are selected."""
    match node:
        case Selector():
            return _either(node, replace(node, matchers=(*node.matchers, *if_all)), related, labels)
        case Call(arguments=(Selector(range=range_) as source,)) if range_ is not None:
            with_matcher = replace(source, matchers=(*source.matchers, *if_all))
            return _either(node, replace(node, arguments=(with_matcher,)), related, labels)
        case Call(arguments=arguments):
            inner = tuple(_of_related(argument, if_all, related, labels) for argument in arguments)
            return replace(node, arguments=inner)
        case Aggregate(inner=vector):
            return replace(node, inner=_of_related(vector, if_all, related, labels))
        case Binary(left=left, right=right):
            sides = (_of_related(side, if_all, related, labels) for side in (left, right))
            return replace(node, left=next(sides), right=next(sides))
    return node


def _either(series: Expression, of_all: Expression, related: Expression, labels: tuple[Label, ...]) -> Expression:
    return Binary("or", of_all, Binary("and", series, related, on=labels))
