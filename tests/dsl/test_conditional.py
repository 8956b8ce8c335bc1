"""Values where enough events stand behind them, and the counts of ratios."""

from __future__ import annotations

import pytest

from contract.api import ERRORS, REQUESTS
from contract.labels import ROUTE, TENANT
from generator.dsl.conditional import numerator_of, only_where
from generator.dsl.query import Query
from generator.dsl.units import REQUESTS_UNIT, minutes, quantity
from generator.errors import DefinitionError

WINDOW = minutes(5)
ENOUGH = REQUESTS.increase(WINDOW).by(ROUTE).at_least(quantity(15, REQUESTS_UNIT))
RATIO_BY_ROUTE: Query = ERRORS.ratio_to(REQUESTS, WINDOW).by(ROUTE)


def test_a_condition_belongs_to_the_same_series() -> None:
    """A ratio by tenant and a minimum by route share no series."""
    with pytest.raises(DefinitionError, match=r"grouped by \(tenant_id\) and a condition grouped by \(route\)"):
        only_where(ERRORS.ratio_to(REQUESTS, WINDOW).by(TENANT), ENOUGH)


def test_grouping_changes_the_condition_too() -> None:
    """`.by(TENANT)` afterwards groups the ratio and the minimum."""
    by_tenant = only_where(RATIO_BY_ROUTE, ENOUGH).by(TENANT)
    assert {query.output_labels for query in by_tenant.metric_queries()} == {(TENANT,)}


def test_only_a_ratio_has_a_numerator() -> None:
    """The failed requests of an error ratio are errors; a count has none."""
    assert numerator_of(RATIO_BY_ROUTE).unit == ERRORS.unit
    with pytest.raises(DefinitionError, match=r"numerator_of\(…\) takes a ratio"):
        numerator_of(REQUESTS.increase(WINDOW))
