"""Growth: cursors one to one, what is read of raw samples beside them, and their sum by the labels that are needed."""

from __future__ import annotations

from contract.ai import AI_TOKENS_INPUT, TOKENS
from contract.labels import MODEL, TENANT
from generator.dsl.alert_timing import LONGEST_PACE
from generator.dsl.units import days
from generator.ir.expression import series_names
from generator.ir.rules import BASE_WINDOW, GROWTH_INTERVAL
from generator.lowering.growth import GROWTH, PARTS, operation, recorded_growth
from generator.lowering.increases import LONGEST_FAST_WINDOW, IncreaseSpec
from generator.lowering.queries import QueryLowering
from tests.lowering.recording_rule_text import recorded_expressions

CURSOR = "tenant_id_route_service_model:ai_tokens_input:cursor"


def test_the_parts_of_growth_keep_all_labels_of_the_raw_series(rule_lowering: QueryLowering) -> None:
    """The cursor is the raw counter. Three others are of the series that restarted or are new."""
    recorded_growth(rule_lowering.rules, IncreaseSpec(AI_TOKENS_INPUT, (), (TENANT,)))
    rules = {operation(name): text for name, text in recorded_expressions(rule_lowering).items()}
    assert rules.pop(GROWTH)
    assert rules == {
        "cursor": "ai_tokens_input",
        "highest10m_before_restart": "max_over_time(ai_tokens_input[10m]) and resets(ai_tokens_input[10m]) == 1",
        "increase5m_with_restarts": (
            "(increase(ai_tokens_input[5m]) and resets(ai_tokens_input[5m]) > 0)"
            " or (ai_tokens_input and min_over_time(ai_tokens_input[5m]) < ai_tokens_input offset 5m)"
        ),
        "growth_since_birth": "ai_tokens_input - min_over_time(ai_tokens_input[1h]) unless ai_tokens_input offset 1h",
    }
    assert set(rules) == set(PARTS)


def test_growth_reads_nothing_raw(rule_lowering: QueryLowering) -> None:
    """A label that a group adds to its rules is on all that it joins: what it records, not the raw counter."""
    name = recorded_growth(rule_lowering.rules, IncreaseSpec(AI_TOKENS_INPUT, (), (TENANT,)))
    (growth,) = (rule for rule in rule_lowering.rules.all() if rule.name == name)
    assert series_names(growth.expression) == {CURSOR.replace("cursor", part) for part in PARTS}


def test_each_member_of_a_combined_counter_has_cursors(rule_lowering: QueryLowering) -> None:
    """The growth of both has one name, and a rule for each, evaluated after its cursors."""
    name = recorded_growth(rule_lowering.rules, IncreaseSpec(TOKENS, (), (TENANT, MODEL)))
    assert name == "tenant_id_model_direction:ai_tokens:growth"
    rules = rule_lowering.rules.all()
    assert [operation(rule.name) for rule in rules][-2:] == [GROWTH, GROWTH]
    assert sorted(value for rule in rules for _, value in rule.static_labels) == ["input", "output"]
    assert sorted(rule.name for rule in rules if operation(rule.name) == "cursor") == [
        CURSOR,
        CURSOR.replace("input", "output"),
    ]


def test_the_same_windows_are_paces_everywhere() -> None:
    """Alert tests derive their numbers from it. A tick is as long as the base window."""
    assert (LONGEST_PACE, GROWTH_INTERVAL) == (LONGEST_FAST_WINDOW, BASE_WINDOW)
    assert days(1) > LONGEST_PACE
