"""What no schema can say of a platform is a law, and each law has a platform that breaks it."""

from __future__ import annotations

import pytest

from generator.config.checks import LAWS
from tests.config.small import Room, spoilt

BREACHES = [
    (
        "/b: 500",
        "/b: 500, /bb: 100",
        "10 promises.latency_ms.routes./bb",
        "no service answers this route",
        'did you mean "/b"? Use it, or declare "/bb"',
    ),
    (", /b: 500", "", "2 services.api[1]", '"/b" has no latency promise', 'add "/b" to promises.latency_ms.routes'),
    (
        "{api: [/a, /b]}",
        "{api: [/a, /b], web: [/a]}",
        "2 services.web[0]",
        '"/a" is also a route of api',
        "list it under one of the two",
    ),
    (
        "/a: 100",
        "/a: 600",
        "10 promises.latency_ms.routes./a",
        "600 ms is not a bound of latency_ms's buckets below the highest",
        "give 500 or 1000",
    ),
    (
        "/a: 100",
        "/a: 30000",
        "10 promises.latency_ms.routes./a",
        "30,000 ms is not a bound of latency_ms's buckets below the highest",
        "give 10000",
    ),
    (
        "/a: 100",
        "/a: 0.5",
        "10 promises.latency_ms.routes./a",
        "0.5 ms is not a bound of latency_ms's buckets below the highest",
        "give 5",
    ),
    (
        "ai: 1000",
        "ai: 60000",
        "10 promises.latency_ms.ai",
        "60,000 ms is not a bound of ai_latency_ms's buckets below the highest",
        "give 30000",
    ),
    (
        "vectorize: 250",
        "vectorize: 260",
        "10 promises.latency_ms.vectorize",
        "260 ms is not a bound of vectorize_latency_ms's buckets below the highest",
        "give 250 or 500",
    ),
    (
        "route_down_percent: 50",
        "route_down_percent: 2",
        "9 promises.errors.route_down_percent",
        "2% is not above route_percent, 2%",
        "give more than 2",
    ),
    (
        "page_percent: 10",
        "page_percent: 0.5",
        "12 promises.storage.page_percent",
        "0.5% is not above ticket_percent, 1%",
        "give more than 1",
    ),
    (
        "kept_percent: 99.5",
        "kept_percent: 90",
        "9 promises.errors.kept_percent",
        "2% of its error budget would be gone in 1 hour only if 144% of all requests failed",
        "give more than 93.06",
    ),
    (
        "cost: ops",
        "cost: opps",
        "16 owners.cost",
        'there is no team "opps"',
        'did you mean "ops"? Use it, or declare "opps"',
    ),
]


@pytest.mark.parametrize(("old", "new", "place", "what", "hint"), BREACHES)
def test_a_broken_law_is_told(room: Room, old: str, new: str, place: str, what: str, hint: str) -> None:
    """One breach makes one fault, at the value that is to be mended, with a value that would do."""
    assert room.problems({"platform.yaml": spoilt(old, new)}) == [f"platform.yaml:{place}: {what}; {hint}."]


def test_a_law_does_not_judge_what_is_malformed(room: Room) -> None:
    """Services that are no mapping are complained of once; laws on other parts still judge."""
    text = spoilt("{api: [/a, /b]}", "5").replace("ai: 1000", "ai: 1001")
    places = [problem.partition(";")[0] for problem in room.problems({"platform.yaml": text})]
    assert places == [
        "platform.yaml:2 services: 5 is not services",
        "platform.yaml:10 promises.latency_ms.ai: 1,001 ms is not a bound of ai_latency_ms's buckets below the highest",
    ]


def test_every_law_says_itself() -> None:
    """A law's docstring is the law: one sentence."""
    assert [law.judges.__name__ for law in LAWS if not (law.judges.__doc__ or "").strip().endswith(".")] == []
