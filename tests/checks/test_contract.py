"""Each law of the contract, broken once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract.api import ALERTS, LATENCY, REQUESTS
from contract.labels import ROUTE
from generator.checks import contract as laws
from generator.dsl.labels import Label
from generator.dsl.log import SAFE, LogField, NumberType, ObjectType
from generator.dsl.metrics import Counter, Extension, Seed
from generator.dsl.units import REQUESTS_UNIT

SOUND = Counter(name="sound_total", unit=REQUESTS_UNIT, labels=(ROUTE,), help="Sound ones.", origin=Seed("3.1"))
FIELD = LogField(name="size", type=NumberType(0), sensitivity=SAFE, help="How large it is.")


def test_the_catalogue_obeys() -> None:
    """The contract as it stands breaks no law."""
    assert laws.contract_faults() == []


def test_a_name_given_twice_is_found_at_both() -> None:
    """Two metrics of one name are a fault of each."""
    twin = replace(SOUND, help="Another.")
    problems = laws.names_are_unique([SOUND, twin, REQUESTS])
    assert [(problem.where, problem.what) for problem in problems] == [
        ("contract sound_total", 'the name "sound_total" is given 2 times')
    ] * 2


def test_a_histogram_s_stored_names_are_taken() -> None:
    """A counter named as a histogram's count would fall into its series."""
    problems = laws.names_are_unique([LATENCY, replace(SOUND, name="latency_ms_count")])
    assert {problem.where for problem in problems} == {"contract/api.py latency_ms", "contract latency_ms_count"}


@pytest.mark.parametrize("name", ["", "1st_total", "a-b", "a:b", "größe", "a b", "a\n"])
def test_a_name_that_is_none_is_found(name: str) -> None:
    """Names that Prometheus refuses, or keeps for recorded series, are faults."""
    (problem,) = laws.names_are_valid([SOUND, replace(SOUND, name=name)])
    assert "is no name of a metric" in problem.what


def test_an_unlisted_label_is_found_with_its_cure() -> None:
    """A label that is not in ORDER is a fault, and the nearest known one is named."""
    problems = laws.labels_are_known([replace(SOUND, labels=(ROUTE, Label("rout", "A slip.")))])
    assert [problem.what for problem in problems] == ['the label "rout" is not in ORDER']
    assert 'did you mean "route"?' in problems[0].hint


@pytest.mark.parametrize("name", ["__name__", "tenant.id", "0"])
def test_a_label_s_name_that_is_none_is_found(name: str) -> None:
    """Names that Prometheus refuses or reserves are faults."""
    problems = laws.labels_are_known([replace(SOUND, labels=(Label(name, "A slip."),))])
    assert f'"{name}" is no name of a label' in [problem.what for problem in problems]


@pytest.mark.parametrize("help_", ["", " ", ".", "Requests"])
def test_a_help_that_says_nothing_is_found(help_: str) -> None:
    """A help that is empty or does not end is a fault, of a built-in series too."""
    assert len(laws.helps_are_sentences([replace(SOUND, help=help_), replace(ALERTS, help=help_)])) == 2


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_extension_without_a_reason_is_found(reason: str) -> None:
    """Whoever adds to the plan says why."""
    broken = replace(SOUND, origin=Extension(reason))
    (problem,) = laws.extensions_have_reasons([SOUND, broken])
    assert str(problem) == (
        "contract sound_total: an extension without a reason; "
        "say in Extension(…) what cannot be done without it."
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "where", "what"),
    [
        ((FIELD, FIELD), "size", 'the name "size" is given 2 times'),
        ((replace(FIELD, name="Size"),), "Size", '"Size" is no name of a field'),
        ((replace(FIELD, help="How large"),), "size", "the help is no sentence"),
        (
            (replace(FIELD, type=ObjectType((replace(FIELD, name="a-b"),))),),
            "size.a-b",
            '"a-b" is no name of a field',
        ),
    ],
)
def test_an_unsound_log_field_is_found(fields: tuple[LogField, ...], where: str, what: str) -> None:
    """A log field's slips are found in their place, deep ones too."""
    problems = laws.log_fields_are_sound(fields)
    assert {(problem.where, problem.what) for problem in problems} == {(f"contract/logs.py {where}", what)}
