"""Default metrics that a project replaces: what may change, and that everything which reads them follows."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract.api import ERRORS, EXPORT_FAILURES, LATENCY, REQUESTS
from contract.labels import DIRECTION, ENDPOINT, OPERATION, ROUTE, SERVICE, STORE, TENANT
from contract.rag import RAG_CACHE_HIT_RATE
from contract.storage import KV_READS, STORAGE_CALLS, STORAGE_ERRORS
from generator.config.load import load
from generator.definitions import load_definitions
from generator.dsl.contract import Declared
from generator.dsl.definitions import Definitions
from generator.dsl.labels import Label, LabelValues
from generator.dsl.metrics import Counter, Gauge, Member
from generator.dsl.platform import Platform
from generator.dsl.units import TOKENS_UNIT
from generator.errors import BuildError
from generator.ir.build import Compiled
from generator.lowering.replaced_alerts import without_tests_of_replaced_alerts
from generator.overlay import extended
from generator.own_definitions import Located, OwnDefinitions
from generator.pipeline import compile_all
from tests.copied_project import TEST_PLATFORM

TIER = Label("tier", "The tenant's plan.", values=LabelValues.CONTRACT, listed=("free", "paid"), fallback="other")
KV_COPIES = replace(KV_READS, name="kv_copies_total", help="Copies of keys.")
WITH_COPIES = replace(
    STORAGE_CALLS, members=(*STORAGE_CALLS.members, Member(KV_COPIES, {STORE: "kv", OPERATION: "query"}))
)
TIERED = replace(REQUESTS, labels=(*REQUESTS.labels, TIER), help="Requests of all tiers.")


def replaced(*metrics: Declared) -> Definitions:
    """The default definitions with these metrics of a project."""
    declared = tuple(Located(each, f"contract/own.py {each.name.upper()}", "own.contract.own") for each in metrics)
    labels = (Located(TIER, "contract/own.py TIER", "own.contract.own"),)
    return extended(load_definitions(), OwnDefinitions(declared=declared, labels=labels))


def problems(*metrics: Declared) -> list[str]:
    """Why these metrics cannot replace the default ones."""
    with pytest.raises(BuildError) as caught:
        replaced(*metrics)
    return [f"{problem.where}: {problem.what}" for problem in caught.value.problems]


@pytest.fixture(scope="module")
def tiered(platform: Platform) -> Compiled:
    """A build whose requests have a tier."""
    return compile_all(platform, replaced(TIERED))


def test_another_kind_unit_or_store_cannot_replace(platform: Platform) -> None:
    """All are reported at once, each at its place."""
    gauge = Gauge(**{name: getattr(REQUESTS, name) for name in ("name", "unit", "labels", "help", "origin")})
    assert problems(gauge, replace(ERRORS, unit=TOKENS_UNIT), replace(KV_READS, store="r2")) == [
        'contract/own.py REQUESTS_TOTAL: the default "requests_total" is a counter, which a gauge cannot replace',
        "contract/own.py ERRORS_TOTAL: errors_total is in tokens, and the default one in errors",
        "contract/own.py KV_READS_TOTAL: kv_reads_total counts calls to another store than the default one",
    ]


def test_a_new_label_needs_a_fallback() -> None:
    """The Workers' library counts requests without it."""
    assert problems(replace(ERRORS, labels=(*ERRORS.labels, replace(TIER, fallback="")))) == [
        "contract/own.py ERRORS_TOTAL: errors_total has the new label tier, which has no fallback"
    ]


def test_a_recorded_gauge_stays_recorded_by_its_labels() -> None:
    """One without its query would never have a sample; one of fewer labels would not be what the query returns."""
    assert problems(replace(RAG_CACHE_HIT_RATE, recorded_from=None, help="Ours.")) == [
        "contract/own.py RAG_CACHE_HIT_RATE: rag_cache_hit_rate is a gauge that a rule records"
    ]
    assert problems(replace(RAG_CACHE_HIT_RATE, labels=(TENANT, ROUTE))) == [
        "contract/own.py RAG_CACHE_HIT_RATE: rag_cache_hit_rate is recorded by tenant_id, route, service, "
        "which are not its labels"
    ]


def test_contract_and_types_have_the_replacement(tiered: Compiled) -> None:
    """Its help and its labels, with the values of the new one."""
    metrics = json.loads(tiered.texts["contract/metrics.json"])["metrics"]
    requests = next(metric for metric in metrics if metric["name"] == "requests_total")
    assert requests["help"] == "Requests of all tiers."
    types = tiered.texts["contract/contract.gen.ts"]
    assert 'requests_total: { kind: "counter", labels: ["tenant_id", "route", "service", "tier"] },' in types
    assert 'tier: "free" | "paid" | "other";' in types


def test_every_rule_reads_one_recorded_series_with_the_new_label(tiered: Compiled, production: Compiled) -> None:
    """Of each default alert too: no rule reads the series without it."""
    names = [recorded_levels(compiled) for compiled in (tiered, production)]
    assert "route_service" in names[1]
    assert {name.removesuffix("_tier") for name in names[0]} == names[1]
    assert "route_service_tier" in names[0]
    assert "route_service" not in names[0]


def recorded_levels(compiled: Compiled) -> set[str]:
    """The labels by which the rules of a build read the recorded increase of all requests."""
    rules = "".join(text for path, text in compiled.texts.items() if path.startswith("prometheus/rules/"))
    return set(re.findall(r"(\w+):requests_total:increase5m", rules))


def test_input_series_of_alert_tests_have_the_fallback_of_the_new_label(tiered: Compiled, platform: Platform) -> None:
    """As the library counts; no test is left out."""
    series = [
        series["series"]
        for path, text in tiered.texts.items()
        if path.startswith("tests/")
        for test in (yaml.safe_load(text) or {}).get("tests", ())
        for series in test["input_series"] or ()
    ]
    requests = [each for each in series if each.startswith("requests_total{")]
    assert requests
    assert all('tier="other"' in each for each in requests)
    assert not any("tier" in each for each in series if not each.startswith("requests_total{"))
    kept = without_tests_of_replaced_alerts(replaced(TIERED), platform)
    assert len(kept.alert_tests) == len(load_definitions().alert_tests)


def test_a_label_that_definitions_read_cannot_be_left_out(platform: Platform) -> None:
    """Each alert and panel that reads it is reported at its own place, with the file that leaves it out."""
    with pytest.raises(BuildError) as caught:
        compile_all(platform, replaced(replace(ERRORS, labels=(TENANT, ROUTE))))
    reported = {problem.where.partition(" ")[2]: problem for problem in caught.value.problems}
    assert {"route_down", "error_ratio_by_route"} <= reported.keys()
    where = "contract/own.py errors_total"
    assert reported["route_down"].what == f"it reads errors_total by service, a label that {where} leaves out"
    assert "replace or disable what reads it" in reported["route_down"].hint


def test_a_variable_of_a_label_that_is_left_out_is_a_problem() -> None:
    """The variable would list no values."""
    assert (
        'the dashboard "overview": its variable lists values of service, a label that requests_total no longer has'
        in (problems(replace(REQUESTS, labels=(TENANT, ROUTE))))
    )


def test_a_label_that_nothing_reads_can_be_left_out(platform: Platform) -> None:
    """Failed exports are read by collector alone."""
    compiled = compile_all(platform, replaced(replace(EXPORT_FAILURES, labels=(ENDPOINT,))))
    types = compiled.texts["contract/contract.gen.ts"]
    assert 'telemetry_export_failures_total: { kind: "counter", labels: ["endpoint"]' in types


def test_alert_tests_stay_where_their_observations_are_in_unchanged_buckets(platform: Platform) -> None:
    """The SLO of /search is 500 ms, and its slow requests take 750: a bound of 60 s changes no test, one of 600 ms
    leaves those out that observe slow requests."""
    defaults = [test.id for test in load_definitions().alert_tests]

    def kept(*buckets: int | float) -> list[str]:
        definitions = replaced(replace(LATENCY, buckets=buckets))
        return [test.id for test in without_tests_of_replaced_alerts(definitions, platform).alert_tests]

    assert kept(*LATENCY.buckets, 60_000) == defaults
    left_out = set(defaults) - set(kept(*sorted((*LATENCY.buckets, 600))))
    assert len(left_out) > 0
    tests = [test for test in load_definitions().alert_tests if test.id in left_out]
    assert {test.alert for test in tests} <= {"RouteHighLatency", "TenantHighLatency"}


def test_latency_slos_are_compared_with_the_replaced_buckets(root: Path, tmp_path: Path) -> None:
    """300 ms is a bound of the project's histogram alone."""
    text = (root / TEST_PLATFORM).read_text(encoding="utf-8")
    file = tmp_path / "platform.yaml"
    assert "/search: 500" in text
    file.write_text(text.replace("/search: 500", "/search: 300"), encoding="utf-8")
    definitions = replaced(replace(LATENCY, buckets=tuple(sorted((*LATENCY.buckets, 300)))))
    assert load(file, definitions.contract).latency.route.overrides["/search"].amount == 300
    with pytest.raises(BuildError, match="300 ms is not a bucket bound of latency_ms"):
        load(file)


def test_types_of_a_replaced_counter_stay(platform: Platform) -> None:
    """The replacement is what a query of the default one reads."""
    current = replaced(TIERED).contract.current(REQUESTS)
    assert isinstance(current, Counter)
    assert SERVICE in current.labels
    assert current.labels[-1] == TIER


def test_a_combined_counter_counts_what_its_replacement_lists(platform: Platform, production: Compiled) -> None:
    """Copies of keys are recorded as calls to KV, under the names that alerts and panels read by default."""
    recorded = recorded_rules(compile_all(platform, replaced(KV_COPIES, WITH_COPIES)))
    copies = [rule for rule in recorded if "kv_copies_total" in rule["expr"]]
    assert copies
    assert all(":storage_calls:" in rule["record"] for rule in copies)
    assert all((rule["labels"]["store"], rule["labels"]["operation"]) == ("kv", "query") for rule in copies)
    default = recorded_rules(production)
    assert {rule["record"] for rule in recorded} == {rule["record"] for rule in default}


def recorded_rules(compiled: Compiled) -> list[dict[str, Any]]:
    """All recording rules of a build."""
    files = [text for path, text in compiled.texts.items() if path.startswith("prometheus/rules/")]
    rules = (rule for text in files for group in yaml.safe_load(text)["groups"] for rule in group["rules"])
    return [rule for rule in rules if "record" in rule]


def test_a_replaced_counter_counts_in_a_replaced_combined_counter(platform: Platform) -> None:
    """A project may write its own counter into the combined one, or leave the default one there: both are its own."""
    reads = replace(KV_READS, help="Our reads.")
    contract = replaced(reads, replace(STORAGE_CALLS, help="Our calls.")).contract
    calls = next(each for each in contract.combined_counters if each.name == "storage_calls")
    assert calls.help == "Our calls."
    assert reads in [member.counter for member in calls.members]
    assert KV_READS not in [member.counter for member in calls.members]


def test_a_combined_counter_keeps_kind_unit_and_distinguishing_labels() -> None:
    """Definitions read its members by those labels, and thresholds are in its unit."""
    by_direction = replace(STORAGE_ERRORS, members=(Member(KV_READS, {DIRECTION: "input"}),))
    fields = ("name", "unit", "help")
    counter = Counter(
        **{name: getattr(STORAGE_CALLS, name) for name in fields}, labels=KV_READS.labels, origin=KV_READS.origin
    )
    assert problems(counter, replace(by_direction, unit=TOKENS_UNIT)) == [
        'contract/own.py STORAGE_CALLS: the default "storage_calls" is a combined counter, '
        "which a counter cannot replace",
        "contract/own.py STORAGE_ERRORS: storage_errors is in tokens, and the default one in errors",
        "contract/own.py STORAGE_ERRORS: the members of storage_errors are distinguished by direction, "
        "those of the default one by store, operation",
    ]
