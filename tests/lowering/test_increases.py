"""Increases: what spans tenants is read from recorded series, what is one tenant's from the counters."""

from __future__ import annotations

import pytest

from contract.ai import AI_LATENCY, TOKENS
from contract.api import ERRORS, LATENCY, REQUESTS
from contract.labels import DIRECTION, MODEL, OPERATION, ROUTE, SERVICE, STORE, TENANT
from contract.storage import STORAGE_CALLS, STORAGE_ERRORS
from generator.dsl.query import DashboardWindow
from generator.dsl.units import Duration, days, hours, minutes
from generator.errors import DefinitionError
from generator.ir.rules import FAST_INTERVAL, SLOW_INTERVAL
from generator.lowering.queries import QueryLowering
from generator.rendering.promql import flat
from tests.lowering.recording_rule_text import entered

NOW = minutes(5)


def test_the_base_window_is_recorded_once_for_all_levels_above_it(rule: QueryLowering) -> None:
    """Requests by route, and of the whole platform, are added up from one recorded series."""
    assert flat(rule.lower(REQUESTS.increase(NOW).by(ROUTE))) == (
        "sum by (route) (route_service:requests_total:increase5m)"
    )
    assert flat(rule.lower(REQUESTS.increase(NOW))) == "sum(route_service:requests_total:increase5m)"
    assert entered(rule) == {
        "route_service:requests_total:increase5m": "sum by (route, service) (increase(requests_total[5m]))"
    }


def test_what_is_told_by_all_labels_is_read_plainly(rule: QueryLowering) -> None:
    """The order in which labels are asked for does not matter, and nothing is summed that is already apart."""
    assert flat(rule.lower(REQUESTS.increase(NOW).by(SERVICE, ROUTE))) == "route_service:requests_total:increase5m"


def test_every_tenants_increase_has_a_series_of_its_own_level(rule: QueryLowering) -> None:
    """By tenant alone, the recorded series keeps no route: 10,000 tenants are 10,000 series, not thrice as many."""
    assert flat(rule.lower(REQUESTS.increase(NOW).by(TENANT))) == "tenant_id:requests_total:increase5m"
    assert entered(rule) == {"tenant_id:requests_total:increase5m": "sum by (tenant_id) (increase(requests_total[5m]))"}


def test_a_matched_label_is_kept_although_it_is_not_told(rule: QueryLowering) -> None:
    """Tenants of one route: the series must still know its route to be picked by it."""
    query = REQUESTS.increase(NOW).by(TENANT).where(ROUTE.is_("/chat"))
    assert flat(rule.lower(query)) == 'sum by (tenant_id) (tenant_id_route:requests_total:increase5m{route="/chat"})'


def test_a_long_window_is_added_up_from_the_base(rule: QueryLowering) -> None:
    """A day is 288 increases of 5 minutes, each counted once: a subquery in steps of 5 minutes."""
    assert flat(rule.lower(REQUESTS.increase(days(1)).by(ROUTE, SERVICE))) == "route_service:requests_total:increase1d"
    assert entered(rule)["route_service:requests_total:increase1d"] == (
        "sum_over_time(route_service:requests_total:increase5m[1d:5m])"
    )


def test_a_long_window_drops_the_labels_that_nobody_asks_for(rule: QueryLowering) -> None:
    """The hour of the whole platform is one series, summed after it was added up."""
    assert flat(rule.lower(REQUESTS.increase(hours(1)))) == "all:requests_total:increase1h"
    assert entered(rule)["all:requests_total:increase1h"] == (
        "sum(sum_over_time(route_service:requests_total:increase5m[1h:5m]))"
    )


def test_what_is_no_multiple_of_the_base_is_recorded_from_the_counters(rule: QueryLowering) -> None:
    """Two minutes cannot be added up from five."""
    assert flat(rule.lower(ERRORS.increase(minutes(2)).by(ROUTE, SERVICE))) == "route_service:errors_total:increase2m"
    assert entered(rule) == {
        "route_service:errors_total:increase2m": "sum by (route, service) (increase(errors_total[2m]))"
    }


@pytest.mark.parametrize(
    ("over", "every"),
    [(minutes(2), FAST_INTERVAL), (hours(1), FAST_INTERVAL), (hours(6), SLOW_INTERVAL), (days(30), SLOW_INTERVAL)],
)
def test_only_windows_of_hours_are_evaluated_less_often(rule: QueryLowering, window: Duration, every: Duration) -> None:
    """What pages within minutes is never two minutes old; a day's sum may be."""
    rule.lower(REQUESTS.increase(window))
    assert next(one for one in rule.rules.all() if one.name.endswith(f"increase{window}")).every == every


def test_a_rule_comes_after_those_it_reads(rule: QueryLowering) -> None:
    """Rules of a group are evaluated in their order, so the base precedes what is added up from it."""
    rule.lower(REQUESTS.increase(hours(1)).by(TENANT))
    assert list(entered(rule)) == ["tenant_id:requests_total:increase5m", "tenant_id:requests_total:increase1h"]


def test_a_union_is_recorded_part_by_part_under_its_telling_labels(rule: QueryLowering) -> None:
    """Tokens in and out are two rules of one name, so that a model that only reads is counted too."""
    assert flat(rule.lower(TOKENS.increase(NOW).by(TENANT))) == (
        "sum by (tenant_id) (tenant_id_direction:ai_tokens:increase5m)"
    )
    assert entered(rule) == {
        'tenant_id_direction:ai_tokens:increase5m{direction="input"}': (
            "sum by (tenant_id) (increase(ai_tokens_input[5m]))"
        ),
        'tenant_id_direction:ai_tokens:increase5m{direction="output"}': (
            "sum by (tenant_id) (increase(ai_tokens_output[5m]))"
        ),
    }


def test_a_unions_telling_labels_can_be_picked_by(rule: QueryLowering) -> None:
    """KV's writes are those series of all calls that bear its labels."""
    query = STORAGE_CALLS.increase(NOW).where(STORE.is_("kv"), OPERATION.is_("write"))
    assert flat(rule.lower(query)) == (
        'sum(route_service_store_operation:storage_calls:increase5m{store="kv",operation="write"})'
    )


def test_a_panels_step_reads_recorded_series_where_it_spans_tenants(wall: QueryLowering) -> None:
    """The 5-minute increases are averaged over what one point stands for."""
    assert flat(wall.lower(REQUESTS.rate().by(ROUTE))) == (
        "sum by (route) (avg_over_time(route_service:requests_total:increase5m[$__rate_interval])) / 300"
    )


def test_a_panels_share_weighs_what_was_there_only_for_a_while(wall: QueryLowering) -> None:
    """Increases are added up: an average would be over the time that each series is there, and parts begin late."""
    errors = "sum_over_time(route_service:errors_total:increase5m[$__rate_interval])"
    requests = "sum_over_time(route_service:requests_total:increase5m[$__rate_interval])"
    assert flat(wall.lower(ERRORS.ratio_to(REQUESTS).by(ROUTE, SERVICE))) == (
        f"({errors} or 0 * {requests}) / ({requests} > 0)"
    )


def test_one_tenants_step_is_read_from_the_counters(wall: QueryLowering) -> None:
    """One tenant's series are few: nothing is recorded for them."""
    assert flat(wall.lower(REQUESTS.rate().by(ROUTE).where(TENANT.matches_variable()))) == (
        "sum by (route) (rate(requests_total{tenant_id=~`${tenant:regex}`}[$__rate_interval]))"
    )
    assert entered(wall) == {}


def test_all_that_a_dashboard_shows_is_added_up(wall: QueryLowering) -> None:
    """Over the dashboard's range: increases of 5 minutes where it spans tenants, the counters' own for one tenant."""
    assert flat(wall.lower(LATENCY.bucket_counts(DashboardWindow.RANGE))) == (
        "sum by (le) (sum_over_time(route_service_le:latency_ms_bucket:increase5m[$__range:5m]))"
    )
    assert flat(wall.lower(LATENCY.bucket_counts(DashboardWindow.RANGE).where(TENANT.is_("a")))) == (
        'sum by (le) (increase(latency_ms_bucket{tenant_id="a"}[$__range]))'
    )


def test_a_histograms_bounds_survive_recording(rule: QueryLowering) -> None:
    """Without `le` no quantile could be read from what was recorded."""
    rule.lower(AI_LATENCY.bucket_counts(NOW).by(MODEL))
    assert entered(rule) == {
        "route_service_model_le:ai_latency_ms_bucket:increase5m": (
            "sum by (route, service, model, le) (increase(ai_latency_ms_bucket[5m]))"
        )
    }


def test_one_tenants_union_marks_its_parts(wall: QueryLowering) -> None:
    """Counters read raw get the labels that tell them apart: `or` keeps both, and the sum loses neither."""
    read = wall.lower(TOKENS.rate().by(MODEL, DIRECTION).where(TENANT.is_("a")))
    assert flat(read) == (
        "sum by (model, direction) ("
        'label_replace(rate(ai_tokens_input{tenant_id="a"}[$__rate_interval]), "direction", "input", "", "")'
        " or "
        'label_replace(rate(ai_tokens_output{tenant_id="a"}[$__rate_interval]), "direction", "output", "", ""))'
    )


def test_one_tenants_union_narrowed_to_a_part_reads_it_plainly(wall: QueryLowering) -> None:
    """KV's reads of one tenant are one counter: no labels are made that nobody asks for."""
    query = STORAGE_CALLS.rate().where(TENANT.is_("a"), STORE.is_("kv"), OPERATION.is_("read"))
    assert flat(wall.lower(query)) == 'sum(rate(kv_reads_total{tenant_id="a"}[$__rate_interval]))'


def test_a_part_that_is_told_by_its_label_keeps_it(wall: QueryLowering) -> None:
    """Vectorize alone, told by store: its line must still say so."""
    read = wall.lower(STORAGE_CALLS.rate().by(STORE).where(TENANT.is_("a"), STORE.is_("vectorize")))
    assert flat(read).startswith("sum by (store) (label_replace(")
    assert '"store", "vectorize", "", ""' in flat(read)


def test_a_part_that_is_excluded_is_not_read(wall: QueryLowering) -> None:
    """All stores but KV: its two counters are left out, the other two are told apart."""
    read = flat(wall.lower(STORAGE_CALLS.rate().by(STORE).where(TENANT.is_("a"), STORE.is_not("kv"))))
    assert "kv_" not in read
    assert "vectorize_queries_total" in read
    assert "do_requests_total" in read


def test_a_union_without_a_matching_part_is_refused(wall: QueryLowering) -> None:
    """Vectorize has no writes: no expression could answer."""
    query = STORAGE_CALLS.rate().where(TENANT.is_("a"), STORE.is_("vectorize"), OPERATION.is_("write"))
    with pytest.raises(DefinitionError, match="no part of storage_calls matches"):
        wall.lower(query)


def test_a_variable_cannot_pick_a_part_of_one_tenants_union(wall: QueryLowering) -> None:
    """No raw counter bears the label `store`, so a variable of it would silently narrow nothing."""
    query = STORAGE_ERRORS.rate().where(TENANT.matches_variable(), STORE.matches_variable())
    with pytest.raises(DefinitionError, match="a variable of store cannot narrow storage_errors of one tenant"):
        wall.lower(query)
