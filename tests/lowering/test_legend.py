"""What lines are called, and which names are known before anything runs."""

from __future__ import annotations

import re

from contract.ai import AI_REQUESTS, TOKENS
from contract.api import REQUESTS
from contract.labels import DIRECTION, MODEL, ROUTE, SERVICE, STORE, TENANT
from generator.dsl.platform import Platform
from generator.lowering.legend import hidden_name_part, known_names, legend, shortened


def test_a_line_is_called_by_its_name_and_its_labels() -> None:
    """A name alone, labels alone, both, or neither."""
    rate = REQUESTS.rate()
    assert legend(rate, "reads") == "reads"
    assert legend(rate.by(ROUTE, SERVICE)) == "{{route}} · {{service}}"
    assert legend(AI_REQUESTS.rate().by(MODEL), "p95") == "p95 · {{model}}"
    assert legend(rate) == "all"


def test_what_is_the_same_for_all_is_not_said() -> None:
    """On the dashboard of one tenant, its name is in the picker, not on every line."""
    assert legend(REQUESTS.rate().by(TENANT, ROUTE), constant_labels=(TENANT,)) == "{{route}}"
    assert legend(REQUESTS.rate().by(TENANT), "used", constant_labels=(TENANT,)) == "used"


def test_names_of_closed_labels_are_known(platform: Platform) -> None:
    """Routes with their services as the platform pairs them, stores, and the models that have a price."""
    assert known_names((ROUTE, SERVICE), platform) == (
        "/chat · worker-api",
        "/search · worker-api",
        "/ingest · ingest-worker",
    )
    assert known_names((STORE,), platform) == ("vectorize", "kv", "durable_objects")
    assert known_names((TENANT, STORE), platform, constant_labels=(TENANT,)) == ("vectorize", "kv", "durable_objects")
    assert "llama-3.1-8b-instruct" in known_names((MODEL,), platform)


def test_names_of_open_labels_are_not(platform: Platform) -> None:
    """Who comes tomorrow is not known today, and pairs of models and directions are too many to colour."""
    assert known_names((TENANT,), platform) == ()
    assert known_names((MODEL, DIRECTION), platform) == ()
    assert known_names((), platform) == ()


def test_a_models_maker_is_left_out(platform: Platform) -> None:
    """What every model's name begins with says nothing: the expression takes just that, and `shortened` agrees."""
    pattern = hidden_name_part(TOKENS.rate().by(MODEL).output_labels)
    for model in platform.model_prices:
        assert re.sub(f"^(.*){pattern}(.*)$", r"\1\2", model) == shortened(model, MODEL)
        assert "/" not in shortened(model, MODEL)
    assert hidden_name_part((ROUTE,)) == ""
    assert shortened("/chat", ROUTE) == "/chat"
