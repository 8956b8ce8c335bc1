"""Checks of the contract, each with one wrong declaration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from contract import CONTRACT
from contract.api import ALERTS, LATENCY, REQUESTS
from contract.labels import ROUTE
from generator.dsl.contract import Contract
from generator.dsl.labels import Label
from generator.dsl.log import SAFE, LogField, NumberType, ObjectType
from generator.dsl.metrics import Counter, Extension, Seed
from generator.dsl.units import REQUESTS_UNIT
from generator.ir.build import Compiled
from tests.checks.builds import violations

VALID = Counter(name="valid_total", unit=REQUESTS_UNIT, labels=(ROUTE,), help="Valid ones.", origin=Seed("3.1"))
FIELD = LogField(name="size", type=NumberType(0), sensitivity=SAFE, help="The size.")
CHECKS = (
    *("contract/duplicate-name", "contract/invalid-", "contract/unlisted-label"),
    *("contract/help-not-a-sentence", "contract/extension-without-reason"),
)
Violations = Callable[..., list[str]]


@pytest.fixture
def of_contract(built: Compiled, monkeypatch: pytest.MonkeyPatch) -> Violations:
    """The violations of a contract that has only these metrics and log fields."""

    def of(*declared: Any, fields: tuple[LogField, ...] = ()) -> list[str]:
        monkeypatch.setattr("generator.checks.contract.FIELDS", fields)
        contract = Contract({"sample": declared}, CONTRACT.labels, {LATENCY.name: "contract/api.py"})
        definitions = replace(built.lowered.definitions, contract=contract)
        return violations(replace(built.lowered, definitions=definitions), *CHECKS)

    return of


def test_the_contract_passes(built: Compiled) -> None:
    """The contract has no violations."""
    assert violations(built.lowered, *CHECKS) == []


def test_a_duplicate_name_is_reported_at_both_places(of_contract: Violations) -> None:
    """Two metrics of one name are two problems."""
    problems = of_contract(VALID, replace(VALID, help="Another."), REQUESTS)
    expected = 'contract/sample.py valid_total: the name "valid_total" is declared 2 times; rename all but one.'
    assert problems == [f"{expected} [contract/duplicate-name]"] * 2


def test_the_names_of_a_histogram_are_taken(of_contract: Violations) -> None:
    """A counter with the name of a histogram's count would be stored as the same series."""
    problems = of_contract(LATENCY, replace(VALID, name="latency_ms_count"))
    assert {problem.split(":")[0] for problem in problems} == {
        "contract/api.py latency_ms",
        "contract/sample.py latency_ms_count",
    }


@pytest.mark.parametrize("name", ["", "1st_total", "a-b", "a:b", "größe", "a b", "a\n"])
def test_an_invalid_name_of_a_metric_is_reported(of_contract: Violations, name: str) -> None:
    """Names that Prometheus rejects, or reserves for recorded series, are reported."""
    (problem,) = of_contract(VALID, replace(VALID, name=name))
    assert f'"{name}" is not a valid name of a metric' in problem
    assert problem.endswith("[contract/invalid-metric-name]")


def test_an_unlisted_label_is_reported_with_the_nearest_one(of_contract: Violations) -> None:
    """A label that is not in ORDER is reported."""
    (problem,) = of_contract(replace(VALID, labels=(ROUTE, Label("rout", "A typing error."))))
    assert 'the label "rout" is not in ORDER of contract/labels.py; did you mean "route"?' in problem
    assert problem.endswith("[contract/unlisted-label]")


@pytest.mark.parametrize("name", ["__name__", "tenant.id", "0", "a\n"])
def test_an_invalid_name_of_a_label_is_reported(of_contract: Violations, name: str) -> None:
    """Names that Prometheus rejects or reserves are reported."""
    problems = of_contract(replace(VALID, labels=(Label(name, "A typing error."),)))
    invalid = [problem for problem in problems if f'"{name}" is not a valid name of a label' in problem]
    assert len(invalid) == 1
    assert invalid[0].endswith("[contract/invalid-label-name]")


@pytest.mark.parametrize("help_", ["", " ", ".", "Requests"])
def test_a_help_that_is_not_a_sentence_is_reported(of_contract: Violations, help_: str) -> None:
    """A help that is empty or does not end with a full stop is reported, also of a built-in series."""
    problems = of_contract(replace(VALID, help=help_), replace(ALERTS, help=help_))
    assert ["the help is not a sentence; state what is counted" in problem for problem in problems] == [True, True]


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_extension_without_a_reason_is_reported(of_contract: Violations, reason: str) -> None:
    """A metric that was added to the plan needs a reason."""
    assert of_contract(VALID, replace(VALID, name="other_total", origin=Extension(reason))) == [
        "contract/sample.py other_total: the extension has no reason; "
        "state in Extension(…) what is impossible without the metric. [contract/extension-without-reason]"
    ]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ((FIELD, FIELD), 'size: the name "size" is declared 2 times'),
        ((replace(FIELD, name="Size"),), 'Size: "Size" is not a valid name of a log field'),
        ((replace(FIELD, help="How large"),), "size: the help is not a sentence"),
        (
            (replace(FIELD, type=ObjectType((replace(FIELD, name="a-b"),))),),
            'size.a-b: "a-b" is not a valid name of a log field',
        ),
    ],
)
def test_a_wrong_log_field_is_reported(of_contract: Violations, fields: tuple[LogField, ...], message: str) -> None:
    """Problems of a log field are reported with its place, at any depth."""
    problems = of_contract(fields=fields)
    assert problems
    assert all(problem.startswith(f"contract/logs.py {message}") for problem in problems)
