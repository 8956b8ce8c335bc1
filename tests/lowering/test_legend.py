"""Legends: the names of series, and which of them are known at build time."""

from __future__ import annotations

import re
from dataclasses import replace

from contract.ai import AI_REQUESTS, TOKENS
from contract.api import REQUESTS
from contract.labels import DIRECTION, MODEL, ROUTE, RULE_GROUP, SERVICE, STORE, TENANT
from contract.rag import RAG_RETRIEVAL_COUNT
from generator.dsl.conditional import only_where
from generator.dsl.dashboard import BarGauge, Series, TimeSeries
from generator.dsl.labels import Label
from generator.dsl.platform import Platform
from generator.dsl.query import WithoutPrice
from generator.dsl.units import hours, minutes
from generator.lowering.legend import bucket_names, expected_names, known_names, legend, name_patterns, shortened


def test_a_legend_has_the_series_name_and_its_labels() -> None:
    """A name alone, labels alone, both, or neither."""
    rate = REQUESTS.rate()
    assert legend(rate, "reads") == "reads"
    assert legend(rate.by(ROUTE, SERVICE)) == "{{route}} · {{service}}"
    assert legend(AI_REQUESTS.rate().by(MODEL), "p95") == "p95 · {{model}}"
    assert legend(rate) == "all"


def test_a_legend_omits_labels_with_one_value() -> None:
    """On the dashboard of one tenant, the template variable shows the tenant."""
    assert legend(REQUESTS.rate().by(TENANT, ROUTE), constant_labels=(TENANT,)) == "{{route}}"
    assert legend(REQUESTS.rate().by(TENANT), "used", constant_labels=(TENANT,)) == "used"


def test_the_names_of_closed_labels_are_known(platform: Platform) -> None:
    """Routes, each of which one service has, the platform's stores, and models with a price."""
    assert known_names((ROUTE, SERVICE), platform) == ("/chat", "/search", "/ingest")
    stores = ("vectorize", "kv", "durable_objects")
    assert known_names((STORE,), platform) == stores
    assert known_names((TENANT, STORE), platform, constant_labels=(TENANT,)) == stores
    assert "llama-3.1-8b-instruct" in known_names((MODEL,), platform)


def test_the_names_of_open_labels_are_not_known(platform: Platform) -> None:
    """Tenants are not known at build time, and pairs of models and directions are not listed."""
    assert known_names((TENANT,), platform) == ()
    assert known_names((MODEL, DIRECTION), platform) == ()
    assert known_names((), platform) == ()


def displayed(name: str, labels: tuple[Label, ...], constant_labels: tuple[Label, ...] = ()) -> str:
    """A series' name as Grafana's transformation shows it: what a pattern matches becomes its two groups."""
    for pattern in name_patterns(labels, constant_labels):
        name = re.sub(pattern, r"\1\2", name, count=1)
    return name


def test_a_group_of_rules_is_shown_without_its_file() -> None:
    """Whatever the path is, and beside the name of a window; no other label has a file."""
    for path in ("/etc/prometheus/rules/telemetry.yaml", "rules/x y.yaml"):
        assert displayed(f"{path};production:telemetry", (RULE_GROUP,)) == "production:telemetry"
    assert displayed("5 min · /rules/x.yaml;production:errors", (RULE_GROUP,)) == "5 min · production:errors"
    assert displayed("a;b", (STORE,)) == "a;b"


def test_the_common_beginning_of_models_is_hidden(platform: Platform) -> None:
    """A pattern leaves of each model what `shortened` does."""
    labels = TOKENS.rate().by(MODEL).output_labels
    for model in platform.model_prices:
        assert displayed(model, labels) == shortened(model, MODEL)
        assert "/" not in shortened(model, MODEL)
    assert name_patterns((ROUTE,)) == ()
    assert shortened("/chat", ROUTE) == "/chat"


def test_a_route_is_shown_without_its_service() -> None:
    """A route is one service's, so that its name is enough; the fallback route is one of every service. Where a tenant
    stands before it, whose name can have slashes, nothing is hidden."""
    labels = (ROUTE, SERVICE)
    assert displayed("/v1/chat/:id · worker-api", labels) == "/v1/chat/:id"
    assert displayed("6 h · / · worker_2", labels) == "6 h · /"
    assert displayed("other · worker-api", labels) == "other · worker-api"
    assert displayed("/chat · api · gpt", (ROUTE, SERVICE, MODEL)) == "/chat · gpt"
    assert displayed("a/b · other · api", (TENANT, ROUTE, SERVICE)) == "a/b · other · api"
    assert displayed("/chat · api", (TENANT, ROUTE, SERVICE), constant_labels=(TENANT,)) == "/chat"


def test_names_are_expected_for_what_a_platform_has(platform: Platform) -> None:
    """A graph by route has the names of all routes and of requests to paths that no route has; bars of tenants, whose
    number no platform knows, all have names. One model may lack a price."""
    by_route = TimeSeries((Series(REQUESTS.rate().by(ROUTE, SERVICE)),))
    assert expected_names(by_route, platform) == ("/chat", "/search", "/ingest", "other · ingest-worker")
    tokens = TOKENS.increase(hours(1)).by(MODEL, DIRECTION)
    without_price = TimeSeries((Series(only_where(tokens, WithoutPrice(tokens))),))
    longest = max((shortened(model, MODEL) for model in platform.model_prices), key=len)
    assert expected_names(without_price, platform) == (f"{longest} · input", f"{longest} · output")
    named = TimeSeries((Series(REQUESTS.rate(), "in"), Series(REQUESTS.rate(), "out")))
    assert expected_names(named, platform) == ("in", "out")
    bars = BarGauge(REQUESTS.increase(minutes(5)).by(TENANT), max_series=7)
    assert len(expected_names(bars, platform)) == 7


def test_a_bucket_is_called_by_both_of_its_bounds() -> None:
    """Bars of a histogram say from where to where a bucket reaches; Prometheus writes the bound 5 as 5 or as 5.0."""
    names = dict(bucket_names(RAG_RETRIEVAL_COUNT))
    for bound, name in (("0", "0"), ("10", "5–10"), ("10.0", "5–10"), ("+Inf", "100+")):
        assert [text for pattern, text in names.items() if re.search(pattern, bound)] == [f"{name} documents"]
    first = bucket_names(replace(RAG_RETRIEVAL_COUNT, buckets=(0.5, 1)))[0]
    assert (first[1], bool(re.search(first[0], "0.5")), bool(re.search(first[0], "0x5"))) == (
        "up to 0.5 documents",
        True,
        False,
    )
