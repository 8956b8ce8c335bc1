"""Raw series have the names of the backend, whatever else changes their names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract import CONTRACT
from contract.ai import AI_TOKENS_INPUT
from generator.definitions import load_definitions
from generator.dsl.backends import THANOS
from generator.dsl.labels import Matcher
from generator.dsl.platform import Platform
from generator.errors import BuildError
from generator.ir.expression import Aggregate, Binary, Call, Selector
from generator.lowering.backend_names import BackendNames, stored_names
from generator.lowering.lower import lower
from generator.lowering.renames import NAME
from generator.promql.parser import names_of, parsed
from generator.rendering.promql import flat
from tests.rendering.renamed_contract import with_renames

NAMES = BackendNames({"a": "a_total"})


def test_every_selector_of_an_expression_reads_the_stored_name() -> None:
    """Inside calls, aggregations and operations, and in a matcher that lists names; recorded series keep theirs."""
    tree = Binary(
        "or",
        Aggregate("sum", Call("increase", (Selector("a"),)), ()),
        Selector("", (Matcher(NAME, "=~", "a|b"),)),
    )
    assert flat(NAMES.expression(tree)) == 'sum(increase(a_total)) or {__name__=~"a_total|b"}'
    assert NAMES.expression(Selector("all:a:increase5m")) == Selector("all:a:increase5m")


def test_both_names_of_a_renamed_metric_are_stored_names(platform: Platform) -> None:
    """While a metric is renamed, Workers push both; with a prefix, both are behind it."""
    definitions = with_renames(
        replace(load_definitions(), alert_tests=(), not_applicable=()), names={AI_TOKENS_INPUT.name}
    )
    lowered = lower(replace(platform, backend=THANOS, metric_prefix="acme_"), definitions)
    read = {name for rule in lowered.recording_rules for name in names_of(parsed(flat(rule.expression)))}
    assert {"acme_ai_tokens_input_total", "acme_earlier_ai_tokens_input_total"} <= read
    assert not {"acme_ai_tokens_input", "acme_earlier_ai_tokens_input"} & read


def test_two_metrics_of_one_stored_name_are_refused(platform: Platform) -> None:
    """Their series would be one: the build names both, and where one of them is declared."""
    area = CONTRACT.area_of(AI_TOKENS_INPUT.name)
    twin = replace(AI_TOKENS_INPUT, name="ai_tokens_input_total")
    contract = replace(CONTRACT, areas={**CONTRACT.areas, area: (*CONTRACT.areas[area], twin)})
    definitions = replace(load_definitions(), contract=contract, alert_tests=(), not_applicable=())
    with pytest.raises(BuildError) as error:
        lower(replace(platform, backend=THANOS), definitions)
    (problem,) = error.value.problems
    assert problem.where == "contract/ai.py ai_tokens_input_total"
    assert problem.what.endswith(
        "stores ai_tokens_input_total and ai_tokens_input under one name, ai_tokens_input_total"
    )


def test_a_backend_that_keeps_names_renames_nothing(platform: Platform) -> None:
    """The default build is not rewritten."""
    assert stored_names(CONTRACT, platform) == {}
