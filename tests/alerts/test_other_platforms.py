"""Alert tests on the platforms of adopters: every test is shipped or says why not, and passes on the platform's rules.

A sample of the tests runs on each platform, another one on each; `make test` does so on every fourth platform.
`make test-platforms` runs the short tests on all of them, and each long one on every fourth.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.checks.registry import coverage_problems
from generator.external.promtool import Promtool
from generator.pipeline import build
from tests.alerts.__main__ import chosen_tests
from tests.alerts.alert_test_results import alert_test_results
from tests.alerts.other_platforms import PLATFORMS, platform_file
from tests.alerts.test_alert_tests import qualified_id

WITHOUT_GROWTH = {
    *("cost.budget_used_in_two_hours", "cost.batch_of_every_day", "cost.batch_of_every_week"),
    *("monthly_cost.new_month_begins_at_0", "tenant_cost_forecast.batch_of_every_day"),
    "tenant_cost_forecast.batch_of_every_week",
    *("tenant_month.tenants_begin_a_new_month_at_0", "tenant_month.tenant_that_stopped_above_its_budget"),
    *("tenant_month.rules_are_not_evaluated_for_36_hours", "tenant_month.rules_are_not_evaluated_for_60_hours"),
    "tenant_month.forecast_is_exactly_the_budget",
    *("two_days.tokens_of_a_new_month_begin_at_0", "two_days.forecast_of_a_new_month_begins_at_0"),
    *("daily_cost.budget_of_the_day_spent_in_half_of_it", "usual_costs.batches_of_every_day_and_week"),
    "daily_cost_forecast.forecast_of_exactly_the_budget_of_the_day",
    "daily_cost_forecast.telemetry_ends_above_the_budget",
    *("tenant_cost.budget_spent_in_two_hours", "tenant_cost_forecast.forecast_of_exactly_the_budget"),
    *("two_days.two_days_above_the_warning", "two_days.two_days_below_the_warning"),
    *("two_days.forecast_of_two_days_above_the_budget", "two_days.forecast_of_two_days_below_the_budget"),
    "two_days.forecast_after_the_last_use",
}
LEFT_OUT = {
    "large": {"errors.tenants_of_one_failing_route"},
    "one-of-each": {"spend.embedding_with_output_tokens"},
    "strict": {"spend.embedding_with_output_tokens"},
    "loose": {
        "errors.tenants_of_one_failing_route",
        "small_tenants.one_request_a_minute_fails",
        "small_tenants.three_requests_an_hour_fail",
        "small_tenants_models.few_calls_to_a_model_fail",
        "errors.nine_errors_of_a_route",
        "outages.outage_of_nine_errors",
        "model_errors.nine_model_errors",
        "error_budget.nine_errors",
        "storage.nine_errors",
        "tenant_month.exactly_the_month_of_a_tenant",
        "daily_cost.exactly_the_budget_of_the_day",
    },
    "high-minimums": {"outages.outage_of_nine_errors"},
    "on-mimir": WITHOUT_GROWTH,
    "on-victoriametrics": WITHOUT_GROWTH,
    "odd-names": {
        "spend.spend_above_threshold",
        "spend.embeddings_have_their_own_prices",
        "spend.spend_at_then_above_threshold",
        "spend.spend_just_below_threshold",
        *("two_days.two_days_above_the_warning", "two_days.two_days_below_the_warning"),
        *("two_days.forecast_of_two_days_above_the_budget", "two_days.forecast_of_two_days_below_the_budget"),
        *("two_days.forecast_after_the_last_use", "two_days.tokens_of_a_new_month_begin_at_0"),
        "two_days.forecast_of_a_new_month_begins_at_0",
        *("daily_cost.day_above_what_is_included", "daily_cost.day_below_what_is_included"),
        "daily_cost.included_tokens_pay_for_nothing_else",
        "daily_cost_forecast.forecast_above_what_is_included",
        "daily_cost_forecast.forecast_below_what_is_included",
        "daily_cost_forecast.forecast_of_included_tokens",
    },
}
"""The tests that are not possible: fewer errors than the minimum are not above a threshold of 90 % of the fewest
requests, and few failures may be chance there, tokens without a price cost nothing, no whole number of dollars is the
warning, one request less than a minimum of one is none, a tenant's threshold is below the route's, no model is without
output tokens, amounts of raw counters are extrapolated."""


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", PLATFORMS)
def test_every_alert_test_is_shipped_and_a_sample_passes(name: str, tmp_path: Path, promtool: Promtool) -> None:
    """All tests are in out/tests but those that are not possible, every kind of coverage is there, and promtool passes
    a sample of them."""
    report = build(platform_file(tmp_path, name, PLATFORMS[name]), tmp_path / "out")
    lowered = report.compiled.lowered
    assert coverage_problems(lowered) == []
    left_out = {test for test, _ in report.left_out_tests}
    if name == "lowest-minimums":
        assert all(re.search("fourteen|nine|few", test) for test in left_out)
    else:
        assert left_out == LEFT_OUT.get(name, set())
    number = list(PLATFORMS).index(name)
    tests = [test for test in lowered.definitions.alert_tests if qualified_id(test) not in left_out]
    sample = sorted({test.id for test in tests})[3 * number :: 3 * len(PLATFORMS)]
    pattern = f"^({'|'.join(map(re.escape, sample))})$"
    results = alert_test_results(tmp_path / "out", promtool, only=pattern)
    assert len(results) >= 3
    assert [result for result in results if result.failures] == []


def test_each_long_test_runs_on_one_of_four_platforms() -> None:
    """Of six tests, `make test-platforms` runs the two of up to 50 evaluations on each platform, and the other four on
    one of four consecutive platforms each; with a step of one, it runs all of them."""
    evaluations = {"e": 51, "short": 50, "d": 300, "c": 51, "b": 2000, "one": 1}
    chosen = [chosen_tests(evaluations, number, 4) for number in (5, 6, 7, 8)]
    assert chosen == [
        ["short", "c", "one"],
        ["short", "d", "one"],
        ["e", "short", "one"],
        ["short", "b", "one"],
    ]
    assert chosen_tests(evaluations, 3, 1) == list(evaluations)
