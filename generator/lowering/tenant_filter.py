"""Panels of all tenants, of which a template variable may select some.

All tenants are read from series that are recorded across them, and selected ones from their own: a query of a panel is
the two joined by `or`, and one of them has no series. Reading the counters of 10,000 tenants at each refresh would cost
a hundred times as much, and recording each panel by tenant more than that.
"""

from __future__ import annotations

from dataclasses import replace

from contract.labels import TENANT
from generator.dsl.query import Query
from generator.ir.expression import Aggregate, Binary, Call, Expression, Selector

IF_ALL = (TENANT.is_(""), TENANT.matches_variable())
"""The matchers of a series without a tenant that select it where all tenants are selected: the variable's value is then
ALL_TENANTS."""
ALL_TENANTS = "()"
"""What Grafana fills in for All: a regular expression that matches the empty string alone. An empty text would make
Grafana list every tenant."""


def is_filtered_by_tenant(query: Query) -> bool:
    """Whether a template variable of the tenant filters a query."""
    return any(matcher == TENANT.matches_variable() for each in query.metric_queries() for matcher in each.matchers)


def is_by_tenant(query: Query) -> bool:
    """Whether a query reads series of each tenant, also where it counts them."""
    return any(TENANT in each.by_labels for each in query.metric_queries())


def of_all_or_selected(of_all: Expression, of_selected: Expression) -> Expression:
    """The values of recorded series of all tenants where all are selected, else those of the selected ones."""
    return Binary("or", _if_all(of_all), of_selected)


def of_each_or_selected(of_each: Expression, of_selected: Expression, always: str) -> Expression:
    """The values of each tenant where all are selected, else those of the selected ones. `always` is a series without
    a tenant that always exists."""
    all_selected = Aggregate("count", Selector(always, IF_ALL), ())
    return Binary("or", Binary("and", of_each, all_selected, on=()), of_selected)


def _if_all(node: Expression) -> Expression:
    match node:
        case Selector(matchers=matchers):
            return replace(node, matchers=(*matchers, *IF_ALL))
        case Call(arguments=arguments):
            return replace(node, arguments=tuple(map(_if_all, arguments)))
        case Aggregate(inner=inner):
            return replace(node, inner=_if_all(inner))
        case Binary(left=left, right=right):
            return replace(node, left=_if_all(left), right=_if_all(right))
    return node
