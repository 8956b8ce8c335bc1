"""Clusters of one platform behind one querier, each with its own rules."""

from __future__ import annotations

from backtests.cases import cases
from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.verify.backtest.case import Case
from generator.verify.backtest.clusters import cluster_rules, clusters_of


def two_clusters(platform: Platform) -> Case:
    """The case of an outage in one of two clusters."""
    (case,) = (case for case in cases(platform) if case.clusters)
    return case


def test_the_first_cluster_has_the_incidents(platform: Platform) -> None:
    """The platform is in each cluster, and every alert that the case expects or allows is of the first one."""
    case = two_clusters(platform)
    assert [each.cluster for each in clusters_of(platform, case)] == ["west", "east"]
    selectors = (*(expected.alert for expected in case.expected), *case.allowed)
    assert {selector.labels["cluster"] for selector in selectors} == {"west"}


def test_a_case_without_clusters_is_of_the_platform_as_it_is(platform: Platform) -> None:
    """Nothing is simulated twice."""
    assert clusters_of(platform, cases(platform)[0]) == (platform,)


def test_each_cluster_has_all_rules_and_reads_its_own_series(platform: Platform) -> None:
    """Every alert is there twice, for each cluster once."""
    rules = cluster_rules(platform, load_definitions(), two_clusters(platform))
    outages = [rule.body for rule in rules if rule.body.get("alert") == "RouteDown"]
    assert [body["labels"]["cluster"] for body in outages] == ["west", "east"]
    assert all(f'cluster="{body["labels"]["cluster"]}"' in body["expr"] for body in outages)
    assert len(rules) % 2 == 0
