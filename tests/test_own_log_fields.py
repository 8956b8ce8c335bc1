"""Log fields of a project: new keys of the metadata, and fields in place of the default ones."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema_rs
import pytest

from contract.logs import FIELDS, METADATA
from generator.definitions import load_definitions
from generator.dsl.log import PERSONAL, SAFE, SECRET, EnumType, LogField, NumberType, ObjectType, StringType
from generator.dsl.platform import Platform
from generator.errors import Problem
from generator.overlay import extended
from generator.own_definitions import Located, OwnDefinitions
from generator.own_log_fields import extended_log_fields
from generator.pipeline import compile_all

INVOICE = LogField(name="invoice", type=StringType(12, "R-[0-9]{1,10}"), sensitivity=SAFE, help="The invoice's number.")
STEP = replace(METADATA[0], type=EnumType((*METADATA[0].type.values, "invoice")))  # type: ignore[union-attr]
MESSAGE = replace(FIELDS[2], type=StringType(500))
LINE = {
    "timestamp": "2026-09-07T00:00:00Z",
    "level": "info",
    "message": "Sent.",
    "service": "worker-api",
    "tenant_id": "acme",
    "request_id": "00000000-0000-4000-8000-000000000000",
    "route": "/chat",
}


def located(*fields: LogField) -> tuple[Located[LogField], ...]:
    """Fields of a project's module, each with a place."""
    return tuple(Located(field, f"contract/logs.py {field.name.upper()}", "own.contract.logs") for field in fields)


def problems(*fields: LogField) -> list[str]:
    """Why these fields are refused."""
    refused: list[Problem] = []
    extended_log_fields(FIELDS, located(*fields), refused)
    return [f"{problem.where}: {problem.what}" for problem in refused]


@pytest.fixture(scope="module")
def texts(platform: Platform) -> dict[str, str]:
    """The files of a build with a new field, and two that stand in place of the default ones."""
    definitions = extended(load_definitions(), OwnDefinitions(log_fields=located(INVOICE, STEP, MESSAGE)))
    return dict(compile_all(platform, definitions).texts)


def test_schema_accepts_what_the_project_declares_and_nothing_else(texts: dict[str, str]) -> None:
    """The new key within its pattern, the new step, and messages up to the new length."""
    schema = jsonschema_rs.validator_for(json.loads(texts["contract/log.schema.json"]))
    assert schema.is_valid({**LINE, "metadata": {"invoice": "R-17", "step": "invoice"}})
    assert not schema.is_valid({**LINE, "metadata": {"invoice": "17"}})
    assert not schema.is_valid({**LINE, "metadata": {"step": "invoices"}})
    assert schema.is_valid({**LINE, "message": "a" * 500})
    assert not schema.is_valid({**LINE, "message": "a" * 501})


def test_types_and_page_have_the_fields(texts: dict[str, str]) -> None:
    """The type of the metadata, the bounds that the library checks, and the page for readers."""
    types = texts["contract/contract.gen.ts"]
    assert "  /** The invoice's number. */\n  invoice?: string;" in types
    assert "invoice: { pattern: /^R-[0-9]{1,10}$/u }" in types
    assert '| "invoice"' in types
    assert "message: { maxLength: 500, personal: true }" in types
    assert "invoice" in texts["contract/metrics.md"]


def test_without_own_fields_nothing_changes(platform: Platform) -> None:
    """The default contract has no fields of its own, and renders the default ones."""
    assert load_definitions().contract.log_fields == ()
    assert extended_log_fields(FIELDS, (), []) == FIELDS


def test_a_new_field_is_a_single_optional_value_without_a_secret() -> None:
    """Each reason at the field's place."""
    assert problems(
        replace(INVOICE, name="Invoice"),
        replace(INVOICE, name="api_key"),
        replace(INVOICE, required=True),
        replace(INVOICE, name="order", type=ObjectType((INVOICE,))),
    ) == [
        'contract/logs.py INVOICE: "Invoice" is not a valid name of a log field',
        'contract/logs.py API_KEY: the log field "api_key" has the name of a secret, which no line may have',
        'contract/logs.py INVOICE: the log field "invoice" is a key of metadata: optional, with a single value',
        'contract/logs.py ORDER: the log field "order" is a key of metadata: optional, with a single value',
    ]


def test_a_replacement_has_the_type_and_at_least_the_sensitivity_of_the_default() -> None:
    """The library writes the field, and redacts it by its sensitivity."""
    prompt = next(field for field in METADATA if field.name == "prompt")
    assert problems(
        replace(FIELDS[2], type=NumberType(0)),
        replace(prompt, sensitivity=PERSONAL),
        replace(FIELDS[1], required=False),
        replace(METADATA[1], sensitivity=SECRET),
    ) == [
        'contract/logs.py MESSAGE: the Workers\' library writes the log field "message" as another type',
        'contract/logs.py PROMPT: the log field "prompt" would be personal, and is secret',
        'contract/logs.py LEVEL: the log field "level" is not present when the default one is',
    ]


def test_two_fields_of_one_name_are_a_problem() -> None:
    """With both places."""
    assert problems(INVOICE, replace(INVOICE, help="Again.")) == [
        'contract/logs.py INVOICE: the log field "invoice" is defined in contract/logs.py INVOICE too'
    ]
