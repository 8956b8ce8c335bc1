"""Too many failures to be chance, and too many slow events: what a condition compares, and what its value says."""

from __future__ import annotations

import pytest

from contract.api import ERRORS, LATENCY, REQUESTS
from contract.labels import MODEL, ROUTE, TENANT
from generator.dsl.chance import (
    TooManyToBeChance,
    decided_by,
    shown_comparison,
    too_many_to_be_chance,
    too_slow_to_be_chance,
)
from generator.dsl.metrics import P95, Quantile, fixed_windows
from generator.dsl.query import Rule
from generator.dsl.units import MILLISECONDS, hours, minutes, percent, quantity
from generator.errors import DefinitionError

SLO = quantity(500, MILLISECONDS)


def condition_of(rule: Rule) -> TooManyToBeChance:
    """The condition of a rule."""
    assert isinstance(rule.condition, TooManyToBeChance)
    return rule.condition


def test_a_percentile_allows_the_share_above_it() -> None:
    """The 95th percentile is above its SLO where more than 5 % of the requests are slower; texts say the percentile."""
    condition = condition_of(too_slow_to_be_chance(LATENCY, P95, TENANT, ROUTE, slo=SLO))
    assert condition.threshold == percent(5)
    windows = [fixed_windows(query)[0] for query in condition.queries()]
    assert windows == [minutes(5), hours(1), hours(6)]
    shown = shown_comparison(condition)
    assert shown.threshold == SLO
    assert isinstance(shown.query, Quantile)
    assert shown.query.q == P95


def test_a_share_of_failures_is_shown_as_it_is_compared() -> None:
    """Only a share of slow events stands for something else."""
    condition = condition_of(too_many_to_be_chance(ERRORS, REQUESTS, TENANT, allowed=percent(5)))
    assert shown_comparison(condition) is condition


def test_a_value_says_its_window() -> None:
    """A share, plus 2 where an hour decided and 4 where six did; a share of 1 is not the next window."""
    assert decided_by(0.25) == (minutes(5), 0.25)
    assert decided_by(1.0) == (minutes(5), 1.0)
    assert decided_by(2.25) == (hours(1), 0.25)
    assert decided_by(5.0) == (hours(6), 1.0)


def test_what_is_slow_needs_an_slo_in_its_unit_and_labels_that_it_has() -> None:
    """Requests have no SLO, latencies are no percentages, and LATENCY has no model."""
    with pytest.raises(DefinitionError, match="a histogram"):
        too_slow_to_be_chance(REQUESTS, P95, TENANT, slo=SLO)  # type: ignore[arg-type]
    with pytest.raises(DefinitionError):
        too_slow_to_be_chance(LATENCY, P95, TENANT, slo=percent(5))
    with pytest.raises(DefinitionError, match="model"):
        too_slow_to_be_chance(LATENCY, P95, MODEL, slo=SLO)
