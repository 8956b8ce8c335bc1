"""Each mutation operator on a small tree: the description of the change, and the changed expression."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest

from contract.labels import BILLED_UNIT, ROUTE, TENANT
from generator.dsl.labels import BUCKET_BOUND, Matcher
from generator.dsl.units import minutes
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.rendering.promql import flat
from generator.verify.mutation.operators import mutations

SIMILAR_SERIES = {"errors_total": ("rate_limited_total",)}
A, B = Selector("a"), Selector("b")
FAILING = Selector("errors_total", (ROUTE.is_("/chat"),), minutes(5))
OF_UNIT = Selector("product_billed_unit:cost:month_to_date", (BILLED_UNIT.is_("kv_reads"),))
RECORDED = Selector("tenant_id_route_service:requests_total:increase5m")


def number(value: int | str) -> Scalar:
    """Return a number of an expression."""
    return Scalar(Fraction(value))


def mutated(tree: Expression) -> list[tuple[str, str]]:
    """Return the mutations of a tree as text: the change, and the changed expression."""
    return [(change, flat(changed)) for change, changed in mutations(tree, lambda name: SIMILAR_SERIES.get(name, ()))]


COMPARISON = Binary(">", A, number(10))
ONE_HOUR_SUBQUERY = Selector("a", (), minutes(60), minutes(5))
CASES: list[tuple[str, Expression, Sequence[tuple[str, str]]]] = [
    (
        "a comparison is reversed or includes its threshold, and the threshold is 20 % lower or 25 % higher",
        COMPARISON,
        [("> → <", "a < 10"), ("> → >=", "a >= 10"), ("> 10 → 8", "a > 8"), ("> 10 → 12.5", "a > 12.5")],
    ),
    (
        "at least becomes below, or above",
        Binary(">=", A, number(15)),
        [(">= → <", "a < 15"), (">= → >", "a > 15"), (">= 15 → 12", "a >= 12"), (">= 15 → 18.75", "a >= 18.75")],
    ),
    (
        "a comparison of two series has no threshold to change",
        Binary(">", A, B),
        [("> → <", "a < b"), ("> → >=", "a >= b")],
    ),
    (
        "`and` becomes `or`, and one of its sides is dropped",
        Binary("and", A, B),
        [("and → or", "a or b"), ("dropped: b", "a"), ("dropped: a", "b")],
    ),
    (
        "`or` becomes `and`, and one of its sides is dropped",
        Binary("or", A, B),
        [("or → and", "a and b"), ("dropped: b", "a"), ("dropped: a", "b")],
    ),
    (
        "`unless` becomes `and`, and only its right side is dropped",
        Binary("unless", A, B),
        [("unless → and", "a and b"), ("dropped: b", "a")],
    ),
    ("a factor is scaled", Binary("*", number(6), A), [("6 → 4.8", "4.8 * a"), ("6 → 7.5", "7.5 * a")]),
    ("a factor of zero is not scaled", Binary("*", number(0), A), []),
    (
        "a sum loses a label, gains a label of its recorded series, or becomes a maximum",
        Aggregate("sum", RECORDED, (TENANT, ROUTE)),
        [
            ("by without tenant_id", f"sum by (route) ({RECORDED.name})"),
            ("by without route", f"sum by (tenant_id) ({RECORDED.name})"),
            ("by with service", f"sum by (tenant_id, route, service) ({RECORDED.name})"),
            ("sum → max", f"max by (tenant_id, route) ({RECORDED.name})"),
        ],
    ),
    (
        "the label `le` is never dropped, because the histogram could not be read without it",
        Aggregate("sum", Selector("latency_ms_bucket"), (TENANT, BUCKET_BOUND)),
        [
            ("by without tenant_id", "sum by (le) (latency_ms_bucket)"),
            ("sum → max", "max by (tenant_id, le) (latency_ms_bucket)"),
        ],
    ),
    (
        "a sum of one billed unit has one series, and is its maximum",
        Aggregate("sum", OF_UNIT, ()),
        [('without billed_unit="kv_reads"', f"sum({OF_UNIT.name})")],
    ),
    (
        "a sum of several billed units becomes a maximum",
        Aggregate("sum", Selector(OF_UNIT.name, (Matcher(BILLED_UNIT, "=~", "kv_reads|kv_lists"),)), ()),
        [
            ("sum → max", f'max({OF_UNIT.name}{{billed_unit=~"kv_reads|kv_lists"}})'),
            ('without billed_unit=~"kv_reads|kv_lists"', f"sum({OF_UNIT.name})"),
        ],
    ),
    ("a maximum is not changed", Aggregate("max", A, ()), []),
    (
        "an increase ignores counter resets, or has another series, half or double the window, or no matcher",
        Call("increase", (FAILING,)),
        [
            ("increase → delta", 'delta(errors_total{route="/chat"}[5m])'),
            ("errors_total → rate_limited_total", 'increase(rate_limited_total{route="/chat"}[5m])'),
            ("[5m] → [150s]", 'increase(errors_total{route="/chat"}[150s])'),
            ("[5m] → [10m]", 'increase(errors_total{route="/chat"}[10m])'),
            ('without route="/chat"', "increase(errors_total[5m])"),
        ],
    ),
    (
        "the window of a subquery is halved and doubled",
        Call("sum_over_time", (ONE_HOUR_SUBQUERY,)),
        [("[1h] → [30m]", "sum_over_time(a[30m:5m])"), ("[1h] → [2h]", "sum_over_time(a[2h:5m])")],
    ),
    (
        "the window of a subquery is never shorter than its step",
        Selector("a", (), minutes(5), minutes(5)),
        [("[5m] → [10m]", "a[10m:5m]")],
    ),
    (
        "the 95th percentile becomes the median and the 99th percentile",
        Call("histogram_quantile", (number("0.95"), A)),
        [
            ("quantile 0.95 → 0.5", "histogram_quantile(0.5, a)"),
            ("quantile 0.95 → 0.99", "histogram_quantile(0.99, a)"),
        ],
    ),
    (
        "the median is not replaced by itself",
        Call("histogram_quantile", (number("0.5"), A)),
        [("quantile 0.5 → 0.99", "histogram_quantile(0.99, a)")],
    ),
    ("a number alone has no mutation", number(1), []),
    ("a series without a similar series, a window or a matcher has no mutation", A, []),
]


@pytest.mark.parametrize(("tree", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_tree_has_exactly_these_mutations(tree: Expression, expected: Sequence[tuple[str, str]]) -> None:
    """A tree yields the mutations of its operators, in this order, each with its description."""
    assert mutated(tree) == list(expected)


def test_a_mutation_changes_one_place() -> None:
    """Each mutation of a larger tree changes one node and leaves all others unchanged."""
    tree = Binary("and", Binary(">", Call("rate", (FAILING,)), number(10)), Binary(">", B, A))
    left, right = 'rate(errors_total{route="/chat"}[5m]) > 10', "b > a"
    assert mutated(tree) == [
        ("and → or", f"{left} or {right}"),
        (f"dropped: {right}", left),
        (f"dropped: {left}", right),
        ("> → <", f'rate(errors_total{{route="/chat"}}[5m]) < 10 and {right}'),
        ("> → >=", f'rate(errors_total{{route="/chat"}}[5m]) >= 10 and {right}'),
        ("> 10 → 8", f'rate(errors_total{{route="/chat"}}[5m]) > 8 and {right}'),
        ("> 10 → 12.5", f'rate(errors_total{{route="/chat"}}[5m]) > 12.5 and {right}'),
        ("errors_total → rate_limited_total", f'rate(rate_limited_total{{route="/chat"}}[5m]) > 10 and {right}'),
        ("[5m] → [150s]", f'rate(errors_total{{route="/chat"}}[150s]) > 10 and {right}'),
        ("[5m] → [10m]", f'rate(errors_total{{route="/chat"}}[10m]) > 10 and {right}'),
        ('without route="/chat"', f"rate(errors_total[5m]) > 10 and {right}"),
        ("> → <", f"{left} and b < a"),
        ("> → >=", f"{left} and b >= a"),
    ]
