"""Legends: the names of series, and which of them are known at build time."""

from __future__ import annotations

import re

from contract.ai import AI_REQUESTS, TOKENS
from contract.api import REQUESTS
from contract.labels import DIRECTION, MODEL, ROUTE, SERVICE, STORE, TENANT
from generator.dsl.platform import Platform
from generator.lowering.legend import hidden_name_part, known_names, legend, shortened


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
