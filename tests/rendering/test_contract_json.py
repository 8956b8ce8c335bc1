"""The contract as metrics.json and metrics.md."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from contract import METRICS
from contract.labels import CLUSTER, ORDER
from generator.definitions import load_definitions
from generator.rendering.contract_json import contract
from generator.rendering.weaver import weaver_registry
from generator.rendering.worker_contract import worker_contract
from tests.rendering.platform_by_hand import platform_by_hand
from tests.rendering.renamed_contract import with_renames

SCHEMA = json.loads(Path(__file__).with_name("metrics.schema.json").read_text(encoding="utf-8"))
PLATFORM = platform_by_hand(worker_api=("/chat", "/search"), ingest_worker=("/ingest", "/a|b"))
DEFINITIONS = load_definitions()
FILES = contract(PLATFORM)
DOCUMENT: dict[str, Any] = json.loads(FILES["contract/metrics.json"])
PAGE = FILES["contract/metrics.md"]


def entry_of(section: str, name: str) -> dict[str, Any]:
    """The entry of this name in a section of metrics.json."""
    (entry,) = [entry for entry in DOCUMENT[section] if entry["name"] == name]
    return dict(entry)


def test_the_contract_has_three_files() -> None:
    """There are three files, which end in one newline and are the same in every build."""
    assert set(FILES) == {"contract/metrics.json", "contract/log.schema.json", "contract/metrics.md"}
    assert all(text.endswith("\n") and not text.endswith("\n\n") for text in FILES.values())
    assert contract(PLATFORM) == FILES


def test_metrics_json_is_valid() -> None:
    """metrics.json matches its closed schema, which code generators can rely on."""
    Draft202012Validator.check_schema(SCHEMA)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(DOCUMENT)] == []


def test_a_histogram_has_everything_that_an_instrument_needs() -> None:
    """The entry of a histogram has its unit, labels, buckets and origin."""
    entry = entry_of("metrics", "vectorize_latency_ms")
    assert entry.pop("help")
    assert entry == {
        "name": "vectorize_latency_ms",
        "area": "storage",
        "type": "histogram",
        "unit": "milliseconds",
        "labels": ["tenant_id", "route", "service"],
        "buckets": [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000],
        "origin": {"seed": "3.3"},
        "recorded": False,
    }


def test_recorded_metrics_are_marked() -> None:
    """The hit rate is the only metric that no Worker emits."""
    assert [metric["name"] for metric in DOCUMENT["metrics"] if metric["recorded"]] == ["rag_cache_hit_rate"]


def test_labels_have_their_values() -> None:
    """A closed label has the platform's values and the fallback; an open label has a pattern."""
    assert entry_of("labels", "route")["listed"] == ["/chat", "/search", "/ingest", "/a|b", "other"]
    assert entry_of("labels", "service")["listed"] == ["worker-api", "ingest-worker"]
    tenant = entry_of("labels", "tenant_id")
    assert (tenant["values"], tenant["fallback"], "listed" in tenant) == ("open", "unknown", False)
    assert re.fullmatch(tenant["pattern"], "com.rainbowsmokeofficial")


def test_services_have_their_routes() -> None:
    """Each service is listed with its routes."""
    assert DOCUMENT["services"] == {"worker-api": ["/chat", "/search"], "ingest-worker": ["/ingest", "/a|b"]}


def test_members_of_a_combined_counter_have_distinguishing_labels() -> None:
    """Tokens combine two counters, which differ in the direction."""
    assert entry_of("combined_counters", "ai_tokens")["members"] == [
        {"metric": "ai_tokens_input", "labels": {"direction": "input"}},
        {"metric": "ai_tokens_output", "labels": {"direction": "output"}},
    ]


def test_built_in_series_are_declared() -> None:
    """ALERTS, what Prometheus and Alertmanager count themselves, and what a file of overrides has are not among the
    metrics that Workers emit."""
    assert [series["name"] for series in DOCUMENT["built_in"]] == [
        "ALERTS",
        "ALERTS_FOR_STATE",
        "prometheus_rule_evaluation_failures_total",
        "prometheus_rule_group_iterations_missed_total",
        "prometheus_notifications_errors_total",
        "prometheus_notifications_dropped_total",
        "alertmanager_notifications_failed_total",
        "tenant_overrides_info",
    ]


def rows(page: str) -> list[list[str]]:
    """The cells of all table rows of a page; an escaped pipe does not end a cell."""
    return [re.split(r"(?<!\\)\|", line)[1:-1] for line in page.splitlines() if line.startswith("|")]


@pytest.mark.parametrize(
    "name", [metric.name for metric in METRICS] + [label.name for label in ORDER if label != CLUSTER]
)
def test_the_page_has_a_row_for_each_metric_and_label(name: str) -> None:
    """Every metric and every label has exactly one row; the label of the cluster has none, as the platform names no
    cluster."""
    before_logs, _, _ = PAGE.partition("\n## Logs\n")
    assert [row[0] for row in rows(before_logs)].count(f" `{name}` ") == 1


def test_the_page_has_the_origin_of_a_metric() -> None:
    """The page has the section of a metric of the plan, the reason of an extension, and the buckets of a histogram."""
    origins = {row[0].strip(): row[5].strip() for row in rows(PAGE) if len(row) == 6}
    assert origins["`kv_reads_total`"] == "plan 3.3"
    assert origins["`kv_errors_total`"] == "extension: the plan's alert on storage errors needs errors to count"
    assert "\nBuckets of `rag_retrieval_count`, in documents: 0, 1, 2, 3, 5, 10, 20, 50, 100.\n" in PAGE


def test_no_text_breaks_a_table() -> None:
    """Every row has as many cells as its heading, even with a pipe in a route."""
    tables = re.findall(r"(?:^\|.*\n)+", PAGE, flags=re.MULTILINE)
    assert len(tables) == 13
    assert all(len({len(row) for row in rows(table)}) == 1 for table in tables)
    assert r"`/a\|b`" in PAGE


def test_the_page_has_no_stray_blank_lines() -> None:
    """There is one blank line around headings and tables, and no line ends in white space."""
    assert "\n\n\n" not in PAGE
    assert not re.search(r"[ \t]$", PAGE, flags=re.MULTILINE)
    assert all(f"\n\n{line}\n\n" in PAGE for line in PAGE.splitlines() if line.startswith("## "))


def test_the_page_has_the_sensitivities_and_the_gaps_of_the_redaction() -> None:
    """The page has the sensitivity of nested fields, and lists what the redaction does not find."""
    fields = {row[0].strip(): row[3].strip() for row in rows(PAGE) if len(row) == 5}
    assert (fields["`error.stack`"], fields["`metadata.prompt`"], fields["`level`"]) == ("personal", "secret", "safe")
    assert "Names of persons and street addresses" in PAGE


def test_a_metric_of_models_has_its_counterpart() -> None:
    """The entry of the latency of calls has the name of each version of the conventions; that of errors says why there
    is none, with the prefix of the platform."""
    assert entry_of("metrics", "ai_latency_ms")["convention"] == {
        "instrument": "histogram",
        "unit": "s",
        "stability": "development",
        "names": {
            "gen-ai-0.1.0": {
                "name": "gen_ai.client.inference.duration",
                "prometheus": "gen_ai_client_inference_duration_seconds",
            },
            "gen-ai-2026-09": {
                "name": "gen_ai.client.operation.duration",
                "prometheus": "gen_ai_client_operation_duration_seconds",
            },
        },
    }
    files = contract(replace(PLATFORM, metric_prefix="acme_"))
    errors = next(each for each in json.loads(files["contract/metrics.json"])["metrics"] if "ai_errors" in each["name"])
    assert errors["convention"]["none"].endswith("acme_ai_latency_ms has no such label")


def test_the_page_has_the_conventional_names() -> None:
    """The page has a row for each conventional name and for each attribute, and the reasons of those without."""
    assert [cell.strip() for cell in next(row for row in rows(PAGE) if "operation.duration" in row[0])] == [
        "`gen_ai.client.operation.duration`",
        "gen-ai-2026-09",
        "`gen_ai_client_operation_duration_seconds`",
        "`ai_latency_ms`",
        "`s`",
        "development",
    ]
    assert any(row[0].strip() == "`gen_ai.request.model`" and row[1].strip() == "`model`" for row in rows(PAGE))
    assert "\n- `ai_requests_total`: it is the count" in PAGE


def test_a_renamed_metric_has_its_earlier_name() -> None:
    """metrics.json has the name with its days, metrics.md a row, and the Workers' contract the pair of names."""
    renamed = with_renames(DEFINITIONS, {"ai_latency_ms"}).contract
    files = contract(replace(PLATFORM, metric_prefix="acme_"), renamed)
    document = json.loads(files["contract/metrics.json"])
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(document)] == []
    latency = next(each for each in document["metrics"] if each["name"] == "acme_ai_latency_ms")
    assert latency["renamed_from"] == {
        "name": "acme_earlier_ai_latency_ms",
        "since": "2026-11-01",
        "until": "2026-12-01",
    }
    row = "| `acme_earlier_ai_latency_ms` | `acme_ai_latency_ms` | 2026-11-01 | 2026-12-01 |"
    assert row in files["contract/metrics.md"].splitlines()
    types = worker_contract(PLATFORM, renamed)["contract/contract.gen.ts"]
    assert '  renamed: { ai_latency_ms: "earlier_ai_latency_ms" },\n' in types
    assert "  earlier_ai_latency_ms:" not in types


def test_weaver_reads_the_earlier_name_as_deprecated() -> None:
    """The registry has a group of the earlier name, which says what it is called now."""
    files = weaver_registry(PLATFORM, with_renames(DEFINITIONS, {"ai_latency_ms"}).contract)
    groups = {each["id"]: each for each in yaml.safe_load(files["contract/weaver/metrics.yaml"])["groups"]}
    old, new = groups["metric.earlier_ai_latency_ms"], groups["metric.ai_latency_ms"]
    assert old["deprecated"] == {"reason": "renamed", "renamed_to": "ai_latency_ms"}
    assert "deprecated" not in new
    assert old["attributes"] == new["attributes"]
