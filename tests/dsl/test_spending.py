"""What a cost is compared with: its words, and the mistakes in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contract.ai import AI_REQUESTS, TOKENS
from contract.api import HEARTBEAT, REQUESTS
from contract.billing import COST
from contract.labels import MODEL, TENANT
from generator.dsl.metrics import Increase
from generator.dsl.spending import (
    change_since,
    cost_of_each,
    cost_of_thousand,
    earlier,
    relative_change_since,
    saved_by_cache,
)
from generator.dsl.units import DOLLARS, DOLLARS_EACH, RATIO, days, hours
from generator.errors import DefinitionError

DAY, WEEK = COST.increase(days(1)), days(7)


def untyped(value: object) -> Any:
    """A value that the type checker does not look at."""
    return value


def test_a_comparison_has_a_unit_of_its_own() -> None:
    """What it was and what it grew by are dollars, the relative change is a ratio, and the cost of one fine dollars."""
    assert [earlier(DAY, WEEK).unit, change_since(DAY, WEEK).unit] == [DOLLARS, DOLLARS]
    assert relative_change_since(DAY, WEEK).unit == RATIO
    assert cost_of_each(DAY, REQUESTS.increase(days(1))).unit == DOLLARS_EACH
    assert saved_by_cache(TOKENS.increase(days(1))).unit == DOLLARS


def test_grouping_and_filters_apply_to_both_sides() -> None:
    """Dollars and what they are divided by have the same labels and filters."""
    each = cost_of_thousand(TOKENS.increase(days(1)).priced(), AI_REQUESTS.increase(days(1))).by(MODEL)
    assert {query.by_labels for query in each.metric_queries()} == {(MODEL,)}
    assert {query.filters for query in each.filtered_by(TENANT).metric_queries()} == {(TENANT,)}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: earlier(untyped(COST), WEEK), "takes a query"),
        (lambda: change_since(DAY, untyped(7)), "takes a duration"),
        (lambda: relative_change_since(REQUESTS.rate(), WEEK), "without a fixed window; write COST.increase(days(1))"),
        (lambda: change_since(HEARTBEAT.latest(), WEEK), "without a fixed window"),
        (
            lambda: cost_of_each(REQUESTS.increase(days(1)), REQUESTS.increase(days(1))),
            "divides requests; give dollars",
        ),
        (lambda: cost_of_each(DAY, untyped(REQUESTS)), "takes an increase"),
        (lambda: cost_of_each(DAY, REQUESTS.increase(hours(1))), "other windows or labels; read both over the same"),
        (lambda: cost_of_thousand(DAY.by(TENANT), REQUESTS.increase(days(1))), "other windows or labels"),
        (lambda: saved_by_cache(untyped(TOKENS)), "takes an increase of tokens"),
    ],
)
def test_mistakes_are_explained(call: Callable[[], object], message: str) -> None:
    """Each problem has a hint."""
    with pytest.raises(DefinitionError) as error:
        call()
    assert message in str(error.value)


def test_a_change_of_filters_keeps_an_increase() -> None:
    """The count stays an increase, whose window is fixed."""
    each = cost_of_each(DAY, REQUESTS.increase(days(1))).filtered_by()
    assert all(isinstance(query, Increase) and query.filters == () for query in each.metric_queries())
