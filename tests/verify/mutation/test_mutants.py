"""Each mutant of production has its own key, changes one rule, and has the names of the alerts that read it."""

from __future__ import annotations

from collections import Counter

import pytest

from generator.ir.build import Compiled, Lowered
from generator.ir.rules import AlertRule, RecordingRule
from generator.verify.mutation.mutants import Mutant, mutants


@pytest.fixture(scope="module")
def all_mutants(production: Compiled) -> list[Mutant]:
    """Return all mutants of production."""
    return list(mutants(production.lowered))


def rules(lowered: Lowered) -> dict[int, AlertRule | RecordingRule]:
    """Return all rules of a build by object identity."""
    all_rules: tuple[AlertRule | RecordingRule, ...] = (*lowered.alerts, *lowered.recording_rules)
    return {id(rule): rule for rule in all_rules}


def changes(all_mutants: list[Mutant], rule: str) -> list[str]:
    """Return the changes of a rule's mutants in their order."""
    return [mutant.change for mutant in all_mutants if mutant.rule == rule]


def test_keys_are_unique(all_mutants: list[Mutant]) -> None:
    """Each of the more than 500 mutants has its own key."""
    counts = Counter(mutant.key for mutant in all_mutants)
    assert [key for key, count in counts.items() if count > 1] == []
    assert len(counts) > 500


def test_mutants_of_the_same_text_are_numbered(all_mutants: list[Mutant]) -> None:
    """StorageErrors groups by store four times: errors and calls for the ratio, and both again for the minimums."""
    rule = "StorageErrors (page): by without store"
    keys = [mutant.key for mutant in all_mutants if mutant.key.startswith(rule)]
    assert keys == [rule, *(f"{rule} (number {number})" for number in (2, 3, 4))]


def test_only_the_first_two_constants_of_a_name_have_mutants(all_mutants: list[Mutant]) -> None:
    """Of the prices of 15 models, input and output, the first two by model name have mutants."""
    name = "model_direction:ai_token_price:dollars"
    base, large = (f"{name}{{@cf/baai/bge-{size}-en-v1.5,input}}" for size in ("base", "large"))
    assert sorted({mutant.rule for mutant in all_mutants if mutant.rule.startswith(name)}) == [base, large]
    assert changes(all_mutants, base) == ["6.7e-08 × 0.8", "6.7e-08 × 1.25", "left out"]


def test_all_rules_of_a_series_that_are_not_constants_have_mutants(all_mutants: list[Mutant]) -> None:
    """Four rules record the calls to the stores of the plan, and none of them is a constant."""
    name = "route_service_store_operation:storage_calls:increase5m"
    calls = ("durable_objects,request", "kv,read", "kv,write", "vectorize,query")
    mutated = {mutant.rule for mutant in all_mutants if mutant.rule.startswith(name)}
    assert mutated >= {f"{name}{{{call}}}" for call in calls}


def test_for_is_halved_and_doubled(all_mutants: list[Mutant]) -> None:
    """RouteDown has a `for` of one minute; ErrorBudgetBurn has none, so it has no such mutant."""
    route_down, burn = changes(all_mutants, "RouteDown (page)"), changes(all_mutants, "ErrorBudgetBurn (page)")
    assert [change for change in route_down if change.startswith("for ")] == ["for 1m → 30s", "for 1m → 2m"]
    assert [change for change in burn if change.startswith("for ")] == []


def test_severity_and_owner_are_changed(all_mutants: list[Mutant]) -> None:
    """A page becomes a ticket, a ticket a page, and the owner is nobody."""
    assert changes(all_mutants, "RouteHighErrorRate (page)")[-2:] == ["severity → ticket", "owner → nobody"]
    assert changes(all_mutants, "TenantHighErrorRate (ticket)")[-2:] == ["severity → page", "owner → nobody"]


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("route_service:requests_total:increase5m", "requests_total → errors_total"),
        ("route_service:errors_total:increase5m", "errors_total → rate_limited_total"),
        (
            "route_service_model:ai_latency_ms_above_10000:increase5m",
            "ai_latency_ms_bucket → ai_time_to_first_token_ms_bucket",
        ),
        ("RouteDown (page)", "route_service:errors_total:increase2m → route_service:requests_total:increase2m"),
        ("RouteDown (page)", "route_service:requests_total:increase2m → route_service:errors_total:increase2m"),
    ],
)
def test_a_series_is_replaced_by_a_similar_one(all_mutants: list[Mutant], rule: str, change: str) -> None:
    """The similar series is the next counter or histogram of the contract's area, or the next recorded series of the
    same window."""
    assert change in changes(all_mutants, rule)


def test_a_series_without_a_similar_one_is_not_replaced(all_mutants: list[Mutant]) -> None:
    """Requests have only one histogram."""
    changes_of_rule = changes(all_mutants, "route_service_le:latency_ms_bucket:increase5m")
    assert changes_of_rule
    assert [change for change in changes_of_rule if "latency_ms_bucket →" in change] == []


def test_a_similar_series_has_the_same_labels_and_window(all_mutants: list[Mutant]) -> None:
    """A recorded series is replaced only by one with the same level and the same operation."""
    replacements = [
        mutant.change.split(" → ")
        for mutant in all_mutants
        if mutant.change.count(":") > 2 and not mutant.change.startswith("dropped")
    ]
    ends = [[(name.split(":")[0], name.split(":")[-1]) for name in names] for names in replacements]
    assert ends
    assert [names for names, (first, second) in zip(replacements, ends, strict=True) if first != second] == []


def test_a_mutant_changes_one_rule(production: Compiled, all_mutants: list[Mutant]) -> None:
    """Each mutant differs from production in one rule, which is changed or left out."""
    original = rules(production.lowered)
    removed = [len(original.keys() - rules(mutant.lowered).keys()) for mutant in all_mutants]
    added = [[rule for key, rule in rules(mutant.lowered).items() if key not in original] for mutant in all_mutants]
    assert removed == [1] * len(all_mutants)
    assert [len(new_rules) for new_rules in added] == [
        0 if mutant.change == "left out" else 1 for mutant in all_mutants
    ]
    assert all(rule not in original.values() for new_rules in added for rule in new_rules)


def test_a_mutant_of_a_recording_rule_has_the_alerts_that_read_it(all_mutants: list[Mutant]) -> None:
    """Only ErrorBudgetBurn reads the errors of an hour; seven alerts read the requests of five minutes."""
    alerts = {mutant.rule: mutant.alerts for mutant in all_mutants}
    assert alerts["route_service:errors_total:increase1h"] == ("ErrorBudgetBurn",)
    assert alerts["route_service:requests_total:increase5m"] == (
        "CostRunaway",
        "ErrorBudgetBurn",
        "RecordedSeriesMissing",
        "RequestsStopped",
        "RouteHighErrorRate",
        "RouteHighLatency",
        "RouteLatencyMissing",
    )
    assert alerts["RouteDown (page)"] == ("RouteDown",)


def test_a_series_that_only_panels_read_has_no_mutant(production: Compiled, all_mutants: list[Mutant]) -> None:
    """No alert reads the recorded cache hits, so no alert test could kill a mutant of their rule."""
    name = "route_service:rag_cache_hits_total:increase5m"
    assert name in {rule.name for rule in production.lowered.recording_rules}
    assert changes(all_mutants, name) == []
