"""The mutants of production: each has a name of its own, is wrong in one rule, and knows the alerts that rest on it."""

from __future__ import annotations

from collections import Counter

import pytest

from generator.ir.build import Compiled, Lowered
from generator.ir.rules import AlertRule, RecordingRule
from generator.verify.mutation.mutants import Mutant, mutants


@pytest.fixture(scope="module")
def every(production: Compiled) -> list[Mutant]:
    """All mutants of production."""
    return list(mutants(production.lowered))


def rules(lowered: Lowered) -> dict[int, AlertRule | RecordingRule]:
    """All rules of a build, by what tells one object from its like."""
    both: tuple[AlertRule | RecordingRule, ...] = (*lowered.alerts, *lowered.recording_rules)
    return {id(rule): rule for rule in both}


def ways(every: list[Mutant], rule: str) -> list[str]:
    """How the mutants of a rule are wrong, in their order."""
    return [one.how for one in every if one.rule == rule]


def test_no_two_share_a_key(every: list[Mutant]) -> None:
    """A key names one mutant, and there are hundreds."""
    counted = Counter(one.key for one in every)
    assert [key for key, times in counted.items() if times > 1] == []
    assert len(counted) > 500


def test_those_that_read_alike_are_numbered(every: list[Mutant]) -> None:
    """StorageErrors adds up by store four times: errors and calls for the share, and both again for the floors."""
    rule = "StorageErrors (page): by without store"
    keys = [one.key for one in every if one.key.startswith(rule)]
    assert keys == [rule, *(f"{rule} (number {number})" for number in (2, 3, 4))]


def test_of_constants_only_the_first_two_are_made_wrong(every: list[Mutant]) -> None:
    """Of the prices of 15 models, in and out, those of the first two, in the order of their names."""
    name = "model_direction:ai_token_price:dollars"
    base, large = (f"{name}{{@cf/baai/bge-{size}-en-v1.5,input}}" for size in ("base", "large"))
    assert sorted({one.rule for one in every if one.rule.startswith(name)}) == [base, large]
    assert ways(every, base) == ["6.7e-08 × 0.8", "6.7e-08 × 1.25", "left out"]


def test_all_rules_of_a_series_that_is_counted_are_made_wrong(every: list[Mutant]) -> None:
    """Calls to the stores are recorded by four rules, and none of them is a constant."""
    name = "route_service_store_operation:storage_calls:increase5m"
    calls = ("durable_objects,request", "kv,read", "kv,write", "vectorize,query")
    assert {one.rule for one in every if one.rule.startswith(name)} == {f"{name}{{{call}}}" for call in calls}


def test_a_lasting_is_halved_and_doubled(every: list[Mutant]) -> None:
    """RouteDown lasts a minute; ErrorBudgetBurn need not last, so nothing about that can be wrong."""
    assert [how for how in ways(every, "RouteDown (page)") if how.startswith("for ")] == ["for 1m → 30s", "for 1m → 2m"]
    assert [how for how in ways(every, "ErrorBudgetBurn (page)") if how.startswith("for ")] == []


def test_another_severity_and_owner(every: list[Mutant]) -> None:
    """A page becomes a ticket, a ticket a page, and nobody owns either."""
    assert ways(every, "HighErrorRate (page)")[-2:] == ["severity → ticket", "owner → nobody"]
    assert ways(every, "HighErrorRate (ticket)")[-2:] == ["severity → page", "owner → nobody"]


@pytest.mark.parametrize(
    ("rule", "how"),
    [
        ("route_service:requests_total:increase5m", "requests_total → errors_total"),
        ("route_service:errors_total:increase5m", "errors_total → rate_limited_total"),
        (
            "route_service_model_le:ai_latency_ms_bucket:increase5m",
            "ai_latency_ms_bucket → ai_time_to_first_token_ms_bucket",
        ),
        ("RouteDown (page)", "route_service:errors_total:increase2m → route_service:requests_total:increase2m"),
        ("RouteDown (page)", "route_service:requests_total:increase2m → route_service:errors_total:increase2m"),
    ],
)
def test_a_series_is_mistaken_for_its_neighbour(every: list[Mutant], rule: str, how: str) -> None:
    """The next counter or histogram of the contract's area, or the next recorded series of the same window."""
    assert how in ways(every, rule)


def test_what_has_no_like_has_no_neighbour(every: list[Mutant]) -> None:
    """Requests have one histogram: there is none to mistake it for."""
    hows = ways(every, "route_service_le:latency_ms_bucket:increase5m")
    assert hows
    assert [how for how in hows if "latency_ms_bucket →" in how] == []


def test_a_neighbour_has_the_same_labels_and_window(every: list[Mutant]) -> None:
    """A recorded series is mistaken only for one that is told by the same labels and read over the same window."""
    swaps = [one.how.split(" → ") for one in every if one.how.count(":") > 2 and not one.how.startswith("dropped")]
    ends = [[(name.split(":")[0], name.split(":")[-1]) for name in swap] for swap in swaps]
    assert ends
    assert [swap for swap, (right, wrong) in zip(swaps, ends, strict=True) if right != wrong] == []


def test_one_rule_is_wrong_at_a_time(production: Compiled, every: list[Mutant]) -> None:
    """Each mutant differs from production in one rule, changed or left out, and in nothing else."""
    right = rules(production.lowered)
    missing = [len(right.keys() - rules(one.wrong).keys()) for one in every]
    added = [[rule for key, rule in rules(one.wrong).items() if key not in right] for one in every]
    assert missing == [1] * len(every)
    assert [len(one) for one in added] == [0 if one.how == "left out" else 1 for one in every]
    assert all(new not in right.values() for one in added for new in one)


def test_a_recorded_series_knows_its_alerts(every: list[Mutant]) -> None:
    """An hour's errors serve the budget alone; five minutes' requests also a route's errors and latency."""
    alerts = {one.rule: one.alerts for one in every}
    assert alerts["route_service:errors_total:increase1h"] == ("ErrorBudgetBurn",)
    assert alerts["route_service:requests_total:increase5m"] == ("ErrorBudgetBurn", "HighErrorRate", "HighLatency")
    assert alerts["RouteDown (page)"] == ("RouteDown",)


def test_what_only_panels_read_is_left_alone(production: Compiled, every: list[Mutant]) -> None:
    """No alert waits for cache hits: they are recorded, and no story could tell that they are wrong."""
    name = "route_service:rag_cache_hits_total:increase5m"
    assert name in {rule.name for rule in production.lowered.recording_rules}
    assert ways(every, name) == []
