"""Each kind of mutation on a small tree: what it is called, and the expression that it makes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest

from contract.labels import ROUTE, TENANT
from generator.dsl.labels import BUCKET_BOUND
from generator.dsl.units import minutes
from generator.ir.expression import Aggregate, Binary, Call, Expression, Scalar, Selector
from generator.rendering.promql import flat
from generator.verify.mutation.mutations import wrongs

NEIGHBOURS = {"errors_total": ("rate_limited_total",)}
A, B = Selector("a"), Selector("b")
FAILING = Selector("errors_total", (ROUTE.is_("/chat"),), minutes(5))
RECORDED = Selector("tenant_id_route_service:requests_total:increase5m")


def number(value: int | str) -> Scalar:
    """A number of an expression."""
    return Scalar(Fraction(value))


def mutated(tree: Expression) -> list[tuple[str, str]]:
    """All that can be wrong with a tree: how, and the text of what comes of it."""
    return [(how, flat(wrong)) for how, wrong in wrongs(tree, lambda name: NEIGHBOURS.get(name, ()))]


COMPARED = Binary(">", A, number(10))
HOUR_OF_FIVES = Selector("a", (), minutes(60), minutes(5))
CASES: list[tuple[str, Expression, Sequence[tuple[str, str]]]] = [
    (
        "a comparison is turned round, takes in its bound or not, and its bound is a fifth lower or a quarter higher",
        COMPARED,
        [("> → <", "a < 10"), ("> → >=", "a >= 10"), ("> 10 → 8", "a > 8"), ("> 10 → 12.5", "a > 12.5")],
    ),
    (
        "at least becomes at most, and more than",
        Binary(">=", A, number(15)),
        [(">= → <", "a < 15"), (">= → >", "a > 15"), (">= 15 → 12", "a >= 12"), (">= 15 → 18.75", "a >= 18.75")],
    ),
    (
        "two series that are compared have no bound to move",
        Binary(">", A, B),
        [("> → <", "a < b"), ("> → >=", "a >= b")],
    ),
    (
        "of two conditions, one is dropped, or either is enough",
        Binary("and", A, B),
        [("and → or", "a or b"), ("dropped: b", "a"), ("dropped: a", "b")],
    ),
    (
        "of two alternatives, one is dropped, or both are wanted",
        Binary("or", A, B),
        [("or → and", "a and b"), ("dropped: b", "a"), ("dropped: a", "b")],
    ),
    (
        "an exception is dropped, or becomes the rule; it never stands alone",
        Binary("unless", A, B),
        [("unless → and", "a and b"), ("dropped: b", "a")],
    ),
    ("a factor is scaled", Binary("*", number(6), A), [("6 → 4.8", "4.8 * a"), ("6 → 7.5", "7.5 * a")]),
    ("nothing times anything stays nothing", Binary("*", number(0), A), []),
    (
        "a sum loses a label, gains one that its recorded series has, or becomes the largest",
        Aggregate("sum", RECORDED, (TENANT, ROUTE)),
        [
            ("by without tenant_id", f"sum by (route) ({RECORDED.name})"),
            ("by without route", f"sum by (tenant_id) ({RECORDED.name})"),
            ("by with service", f"sum by (tenant_id, route, service) ({RECORDED.name})"),
            ("sum → max", f"max by (tenant_id, route) ({RECORDED.name})"),
        ],
    ),
    (
        "a bucket's bound is never left out: what came of it could not be read at all",
        Aggregate("sum", Selector("latency_ms_bucket"), (TENANT, BUCKET_BOUND)),
        [
            ("by without tenant_id", "sum by (le) (latency_ms_bucket)"),
            ("sum → max", "max by (tenant_id, le) (latency_ms_bucket)"),
        ],
    ),
    ("the largest has no other", Aggregate("max", A, ()), []),
    (
        "an increase forgets restarts; its series is another, its window half or double, its matchers fewer",
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
        "a window that is read step by step is halved and doubled too",
        Call("sum_over_time", (HOUR_OF_FIVES,)),
        [("[1h] → [30m]", "sum_over_time(a[30m:5m])"), ("[1h] → [2h]", "sum_over_time(a[2h:5m])")],
    ),
    (
        "it is never shorter than its step",
        Selector("a", (), minutes(5), minutes(5)),
        [("[5m] → [10m]", "a[10m:5m]")],
    ),
    (
        "the slowest twentieth becomes the middle, and the slowest hundredth",
        Call("histogram_quantile", (number("0.95"), A)),
        [
            ("quantile 0.95 → 0.5", "histogram_quantile(0.5, a)"),
            ("quantile 0.95 → 0.99", "histogram_quantile(0.99, a)"),
        ],
    ),
    (
        "the middle is not mistaken for itself",
        Call("histogram_quantile", (number("0.5"), A)),
        [("quantile 0.5 → 0.99", "histogram_quantile(0.99, a)")],
    ),
    ("a number alone cannot be wrong", number(1), []),
    ("a series without a neighbour, a window or a matcher cannot be wrong", A, []),
]


@pytest.mark.parametrize(("tree", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_can_be_wrong(tree: Expression, expected: Sequence[tuple[str, str]]) -> None:
    """A tree gives just the wrong ones that its kind can give, in this order, each under its name."""
    assert mutated(tree) == list(expected)


def test_one_place_is_wrong_at_a_time() -> None:
    """Of a larger tree, each mutant is wrong in one place, above or below, and right in all others."""
    tree = Binary("and", Binary(">", Call("rate", (FAILING,)), number(10)), Binary(">", B, A))
    right, other = 'rate(errors_total{route="/chat"}[5m]) > 10', "b > a"
    assert mutated(tree) == [
        ("and → or", f"{right} or {other}"),
        (f"dropped: {other}", right),
        (f"dropped: {right}", other),
        ("> → <", f'rate(errors_total{{route="/chat"}}[5m]) < 10 and {other}'),
        ("> → >=", f'rate(errors_total{{route="/chat"}}[5m]) >= 10 and {other}'),
        ("> 10 → 8", f'rate(errors_total{{route="/chat"}}[5m]) > 8 and {other}'),
        ("> 10 → 12.5", f'rate(errors_total{{route="/chat"}}[5m]) > 12.5 and {other}'),
        ("errors_total → rate_limited_total", f'rate(rate_limited_total{{route="/chat"}}[5m]) > 10 and {other}'),
        ("[5m] → [150s]", f'rate(errors_total{{route="/chat"}}[150s]) > 10 and {other}'),
        ("[5m] → [10m]", f'rate(errors_total{{route="/chat"}}[10m]) > 10 and {other}'),
        ('without route="/chat"', f"rate(errors_total[5m]) > 10 and {other}"),
        ("> → <", f"{right} and b < a"),
        ("> → >=", f"{right} and b >= a"),
    ]
