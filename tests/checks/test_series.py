"""The series that a build can read, with their labels and types."""

from __future__ import annotations

import re

import pytest

from generator.checks.series import SeriesType, is_increase, known_series
from generator.ir.build import Compiled
from generator.ir.rule_files import RenderedRule
from generator.promql.parser import parsed
from tests.checks.builds import violations, with_expression, with_rule


def test_recorded_series_have_the_labels_of_the_intermediate_representation(built: Compiled) -> None:
    """The labels derived from a rule's text are those that its tree was recorded with."""
    labels = known_series(built).labels
    assert {rule.name for rule in built.lowered.recording_rules} <= labels.keys()
    for rule in built.lowered.recording_rules:
        assert labels[rule.name] == frozenset(label.name for label in rule.labels), rule.name


def test_a_cycle_of_recorded_series_ends(built: Compiled) -> None:
    """Two series that are recorded from each other exist, and their labels are unknown."""
    changed = with_rule(with_rule(built, rule("test:a", "test:b")), rule("test:b", "test:a"))
    labels = known_series(changed).labels
    assert (labels["test:a"], labels["test:b"]) == (None, None)
    assert violations(changed, "promql/unknown-series") == []


def rule(name: str, expression: str) -> RenderedRule:
    """A recording rule."""
    return RenderedRule("record", name, expression)


@pytest.mark.parametrize(
    ("expression", "increase"),
    [
        ("sum by (route) (increase(requests_total[5m]))", True),
        ("sum_over_time(a:increase5m[1h:5m])", True),
        ("sum by (model) (avg_over_time((a:increase5m)[1d:5m]))", True),
        ('label_replace(a:increase5m, "store", "kv", "", "")', True),
        ("a:increase5m or increase(b[5m])", True),
        ("a:increase5m or rate(b[5m])", False),
        ("count(a:increase5m)", False),
        ("max_over_time(a:increase5m[1h:5m])", True),
        ("quantile_over_time(0.5, a:increase5m[1h:5m])", False),
        ("a:increase5m / a:increase5m", False),
        ("0.05 * group by (tenant_id) (a:increase5m)", False),
        ("b:increase5m", False),
        ("vector(1)", False),
    ],
)
def test_an_increase_is_recognized_by_its_expression(expression: str, increase: bool) -> None:
    """Increases, their sums and their sums over time are increases, whatever the name of the series."""
    assert is_increase(parsed(expression), {"a:increase5m"}) == increase


def test_recorded_increases_have_the_names_of_increases(built: Compiled) -> None:
    """The series that are recognized as increases are those whose names say so; costs of more than an hour are sums of
    growth, and shorter ones are increases times prices. The bill of a day, of which included amounts are subtracted,
    is none."""
    series = known_series(built)
    assert set(series.increases) == {
        name
        for name in series.labels
        if re.fullmatch(r".*:((increase|amount)\d+[smhd]|(?<!_after_included:)dollars(\d\dh|\d+d)|growth)", name)
    }


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("requests_total", SeriesType.COUNTER),
        ("latency_ms_bucket", SeriesType.COUNTER),
        ("route_service:requests_total:increase5m", SeriesType.INCREASE),
        ("rag_cache_hit_rate", SeriesType.GAUGE),
        ("ALERTS", SeriesType.GAUGE),
        ("test:example", SeriesType.INCREASE),
        ("unknown", None),
    ],
)
def test_every_series_has_a_type(built: Compiled, name: str, type_: SeriesType | None) -> None:
    """Counters are those of the contract, increases those that a rule records; an unknown series has no type."""
    changed = with_expression(built, "sum(increase(errors_total[10m]))")
    assert known_series(changed).type_of(name) is type_
