"""Legends: the names of series, and which of them are known at build time."""

from __future__ import annotations

import re
from dataclasses import replace

from contract.ai import AI_REQUESTS, TOKENS
from contract.api import REQUESTS
from contract.labels import DIRECTION, MODEL, ROUTE, SERVICE, STORE, TENANT
from contract.rag import RAG_RETRIEVAL_COUNT
from generator.dsl.dashboard import BarGauge, Series, TimeSeries
from generator.dsl.platform import Platform
from generator.dsl.units import minutes
from generator.lowering.legend import bucket_names, expected_names, hidden_name_part, known_names, legend, shortened


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
    """Routes with the services that have them, the platform's stores, and models with a price."""
    assert known_names((ROUTE, SERVICE), platform) == (
        "/chat · worker-api",
        "/search · worker-api",
        "/ingest · ingest-worker",
    )
    stores = ("vectorize", "kv", "durable_objects")
    assert known_names((STORE,), platform) == stores
    assert known_names((TENANT, STORE), platform, constant_labels=(TENANT,)) == stores
    assert "llama-3.1-8b-instruct" in known_names((MODEL,), platform)


def test_the_names_of_open_labels_are_not_known(platform: Platform) -> None:
    """Tenants are not known at build time, and pairs of models and directions are not listed."""
    assert known_names((TENANT,), platform) == ()
    assert known_names((MODEL, DIRECTION), platform) == ()
    assert known_names((), platform) == ()


def test_the_common_beginning_of_models_is_hidden(platform: Platform) -> None:
    """The regular expression of the hidden part matches what `shortened` removes."""
    pattern = hidden_name_part(TOKENS.rate().by(MODEL).output_labels)
    for model in platform.model_prices:
        assert re.sub(f"^(.*){pattern}(.*)$", r"\1\2", model) == shortened(model, MODEL)
        assert "/" not in shortened(model, MODEL)
    assert hidden_name_part((ROUTE,)) == ""
    assert shortened("/chat", ROUTE) == "/chat"


def test_names_are_expected_for_what_a_platform_has(platform: Platform) -> None:
    """A graph by route has the names of all routes; bars of tenants, whose number no platform knows, all have names."""
    by_route = TimeSeries((Series(REQUESTS.rate().by(ROUTE, SERVICE)),))
    assert expected_names(by_route, platform) == known_names((ROUTE, SERVICE), platform)
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
