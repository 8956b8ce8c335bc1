"""Checks of operators: their operands have the labels that they group by, match on or read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    LabelModifierType,
    StringLiteral,
    VectorMatchCardinality,
)

from generator.check import check
from generator.checks.parsed_output import ParsedOutput
from generator.checks.stages import COMPILED
from generator.errors import Problem, did_you_mean
from generator.lowering.identity import IDENTITY_LABELS
from generator.promql.output_labels import SET_OPERATORS, Labels, OutputLabels, matched, strings
from generator.promql.parser import children, equalities, nodes, selectors

RequiredLabels: TypeAlias = tuple[str, Iterable[str], Labels]
"""An operator, the labels that it needs, and the labels of its operand."""
QUANTILE = "histogram_quantile"


@check(
    "promql/missing-operand-label",
    stage=COMPILED,
    bad="sum by (tenant) (rate(requests_total[5m]))",
    good="sum by (tenant_id) (rate(requests_total[5m]))",
    message='`sum` uses the label "tenant", which its operand does not have; '
    'did you mean "tenant_id"? Use it, or declare "tenant"',
)
def operands_have_the_labels_of_their_operator(output: ParsedOutput) -> Iterator[Problem]:
    """The labels in `by`, `without`, `on`, `ignoring` and `group_left` are labels of the operand; so are those that
    `label_replace`, `label_join` and `histogram_quantile` read.

    Prometheus accepts a label that does not exist and groups or matches by an empty value: all series fall into
    one group.
    """
    labels = output.series.output_labels
    native = output.compiled.lowered.platform.native_histograms
    for where, tree in output.trees:
        for node in nodes(tree):
            for operator, needed, operand in _required_labels(node, labels):
                # The buckets of a native histogram are in its values.
                if not native or operator != QUANTILE:
                    yield from (Problem(where, *missing) for missing in _missing(operator, needed, operand))


@check(
    "promql/unmatched-sides",
    stage=COMPILED,
    bad="""
        sum by (tenant_id) (rate(errors_total[5m]))
        / sum by (route) (rate(requests_total[5m]))
    """,
    good="""
        sum by (route) (rate(errors_total[5m]))
        / sum by (route) (rate(requests_total[5m]))
    """,
    message="the left side of `/` is grouped by (tenant_id), the right side by (route); "
    "group both by the same labels, or add on (…)",
)
def sides_match_by_the_same_labels(output: ParsedOutput) -> Iterator[Problem]:
    """Both sides of an operator have the labels by which they are matched.

    Series match where the values of these labels are equal. If only one side has a label, no series ever match, and the
    result is empty.
    """
    for where, node, left, right in _binaries(output):
        left_labels, right_labels = matched(node, left), matched(node, right)
        if left_labels != right_labels and str(node.op) != "or":
            what = (
                f"the left side of `{node.op}` is grouped by ({', '.join(sorted(left_labels))}), "
                f"the right side by ({', '.join(sorted(right_labels))})"
            )
            yield Problem(where, what, "group both by the same labels, or add on (…)")


@check(
    "promql/many-to-one",
    stage=COMPILED,
    bad="rate(requests_total[5m]) > on (route) route:latency_ms:limit",
    good="rate(requests_total[5m]) > on (route) group_left () route:latency_ms:limit",
    message="`>` matches several series of its left side, which differ in service, tenant_id, with one of the other; "
    "aggregate them first, or add group_left ()",
)
def one_series_matches_one(output: ParsedOutput) -> Iterator[Problem]:
    """A side with several series for one of the other side says so with `group_left` or `group_right`.

    Prometheus fails the whole query where it finds a second match, which may be long after the rule was written.
    """
    for where, node, left, right in _binaries(output):
        by = matched(node, left)
        if by == matched(node, right) and str(node.op) not in SET_OPERATORS:
            left, right = (
                labels - _only_value(side, output.series.output_labels)
                for side, labels in ((node.lhs, left), (node.rhs, right))
            )
            yield from (Problem(where, *ambiguous) for ambiguous in _ambiguous_sides(node, left, right, by))


def _only_value(operand: Expr, labels: OutputLabels) -> frozenset[str]:
    """The label that `count_values` adds where it counts each series by itself, so that there is one value of it."""
    if not isinstance(operand, AggregateExpr) or not isinstance(operand.param, StringLiteral):
        return frozenset()
    counted, grouping = labels.of(operand.expr), operand.modifier.labels if operand.modifier else ()
    grouped = frozenset(grouping).union(label.name for label in IDENTITY_LABELS)
    is_single = counted is not None and counted <= grouped
    return frozenset({str(operand.param.val)}) if is_single else frozenset()


def _ambiguous_sides(
    node: BinaryExpr, left: frozenset[str], right: frozenset[str], by: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """A message and a hint for each side that may have several series for one of the other, and must not. All series
    that a build reads are of one platform."""
    identity = {label.name for label in IDENTITY_LABELS}
    cardinality = node.modifier.card if node.modifier else VectorMatchCardinality.OneToOne
    left_operand, right_operand = children(node)
    sides = (
        ("left", left_operand, left, VectorMatchCardinality.ManyToOne),
        ("right", right_operand, right, VectorMatchCardinality.OneToMany),
    )
    for side, operand, labels, allows_many in sides:
        fixed = {label for selector in selectors(operand) for label in equalities(selector)}
        differing = labels - by - fixed - identity
        if differing and cardinality != allows_many:
            what = (
                f"`{node.op}` matches several series of its {side} side, which differ in "
                f"{', '.join(sorted(differing))}, with one of the other"
            )
            yield what, f"aggregate them first, or add group_{side} ()"


def _binaries(output: ParsedOutput) -> Iterator[tuple[str, BinaryExpr, frozenset[str], frozenset[str]]]:
    """Every operator between two vectors, with its place and the labels of its sides."""
    for where, tree in output.trees:
        for node in nodes(tree):
            if isinstance(node, BinaryExpr):
                left, right = map(output.series.output_labels.of, children(node))
                if left is not None and right is not None:
                    yield where, node, left, right


def _required_labels(node: Expr, labels: OutputLabels) -> Iterator[RequiredLabels]:
    """What an operator, aggregation or function needs of the labels of each operand."""
    match node:
        case AggregateExpr():
            yield str(node.op), node.modifier.labels if node.modifier else (), labels.of(*children(node))
        case Call():
            yield from _of_call(node, labels.of_argument(node))
        case BinaryExpr():
            yield from _of_binary(node, *map(labels.of, children(node)))


def _of_call(node: Call, operand: Labels) -> Iterator[RequiredLabels]:
    name = node.func.name
    match name:
        case _ if name == QUANTILE:
            yield name, ("le",), operand
        case "label_replace":
            yield name, tuple(filter(None, strings(node)[2:3])), operand
        case "label_join":
            yield name, strings(node)[2:], operand


def _of_binary(node: BinaryExpr, left: Labels, right: Labels) -> Iterator[RequiredLabels]:
    modifier = node.modifier
    if modifier is None or left is None or right is None:
        return
    if (matching := modifier.matching) is not None:
        include = matching.type == LabelModifierType.Include
        operator = f"{node.op} {'on' if include else 'ignoring'}"
        yield from ((operator, matching.labels, side) for side in ((left, right) if include else (left | right,)))
    if modifier.group_labels:
        many_to_one = modifier.card == VectorMatchCardinality.ManyToOne
        operator = f"{node.op} group_{'left' if many_to_one else 'right'}"
        yield operator, modifier.group_labels, right if many_to_one else left


def _missing(operator: str, needed: Iterable[str], operand: Labels) -> Iterator[tuple[str, str]]:
    if operand is None:
        return
    for label in needed:
        if label not in operand:
            what = f'`{operator}` uses the label "{label}", which its operand does not have'
            yield what, did_you_mean(label, operand)
