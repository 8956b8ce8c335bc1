"""A check that recorded growth is summed over long windows alone: after a gap all that grew meanwhile comes at once."""

from __future__ import annotations

from collections.abc import Iterator

from promql_parser import Call, Expr, MatrixSelector, VectorSelector

from generator.check import check
from generator.checks.parsed_output import ParsedOutput, rule_place
from generator.checks.stages import COMPILED
from generator.dsl.units import Duration
from generator.errors import Problem
from generator.lowering.growth import GROWTH, PARTS, RUNNING_TOTAL, operation
from generator.lowering.increases import LONGEST_FAST_WINDOW
from generator.lowering.time_lapse import shorter
from generator.promql.parser import children, name_of


@check(
    "promql/pace-from-growth",
    stage=COMPILED,
    bad="sum_over_time(tenant_id_model_direction:ai_tokens:growth[1h])",
    good="sum_over_time(tenant_id_model_direction:ai_tokens:growth[1d])",
    message="tenant_id_model_direction:ai_tokens:growth is not summed over more than 1 hour, and after a gap it shows "
    "all that grew meanwhile; "
    "read an amount by .increase(window), which reads windows of up to 1 hour from the raw counters",
)
def growth_is_summed_over_long_windows(output: ParsedOutput) -> Iterator[Problem]:
    """Recorded growth is read by `sum_over_time` over more than an hour alone, or by a total of its group of rules to
    which each tick adds it, and the cursors that it is made of by nothing else.

    Growth is recorded every 5 minutes, and between two evaluations its series are stale. After a gap it is all that
    grew meanwhile. That is right in an amount of a day, and wrong in a pace, such as the last hour of a forecast.
    """
    longest = shorter(LONGEST_FAST_WINDOW, output.compiled.lowered.time_lapse)
    hint = f"read an amount by .increase(window), which reads windows of up to {longest.text()} from the raw counters"
    places = places_of_growth(output)
    for where, tree in output.trees:
        if where in places:
            continue
        for name in dict.fromkeys(_not_summed(tree, longest)):
            if operation(name) == GROWTH:
                what = f"{name} is not summed over more than {longest.text()}"
                yield Problem(where, f"{what}, and after a gap it shows all that grew meanwhile", hint)
            elif operation(name) in PARTS:
                yield Problem(where, f"{name} is a part of recorded growth, which nothing else reads", hint)


def places_of_growth(output: ParsedOutput) -> frozenset[str]:
    """The places of the rules that record growth and its parts, which read raw counters by their values, and of those
    that add the growth of each tick to a total."""
    return frozenset(
        rule_place(file.file_name, rule)
        for file in output.compiled.files
        for group in file.groups
        for rule in group.rules
        if operation(rule.name) in (GROWTH, RUNNING_TOTAL, *PARTS)
    )


def _not_summed(node: Expr, longest: Duration) -> Iterator[str]:
    """The names of all series of an expression but growth that is summed over a window above the longest of a pace."""
    match node:
        case VectorSelector():
            yield name_of(node)
        case Call() if node.func.name == "sum_over_time" and _is_growth_over(node, longest):
            return
        case _:
            for child in children(node):
                yield from _not_summed(child, longest)


def _is_growth_over(node: Call, longest: Duration) -> bool:
    (window,) = node.args
    if not isinstance(window, MatrixSelector):
        return False
    is_growth = operation(name_of(window.vector_selector)) == GROWTH
    return is_growth and window.range.total_seconds() > longest.seconds
