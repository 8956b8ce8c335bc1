"""contract.gen.ts: the contract as the Workers' code is typed by it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from contract.redaction import REDACTION
from generator.dsl.units import days, seconds
from generator.rendering.worker_contract import GlobalPattern, Pattern, literal, worker_contract
from tests.rendering.platform_by_hand import platform_by_hand
from tests.worker_fixture import FOLDER, fixture_texts

PLATFORM = platform_by_hand(worker_api=("/chat", "/search"), ingest_worker=("/ingest", '/a"b'))
TEXT = worker_contract(PLATFORM)["contract/contract.gen.ts"]


def block(start: str) -> str:
    """The text from a declaration to the brace that ends it."""
    return TEXT[TEXT.index(start) :].split("\n}", 1)[0]


def test_a_counter_stands_with_its_kind_and_all_its_labels() -> None:
    """requests_total is a counter by tenant, route and service, as the plan's section 3.1 has it."""
    row = 'requests_total: { kind: "counter", labels: ["tenant_id", "route", "service"] },'
    assert row in block("export const METRICS")


def test_a_histogram_stands_with_its_buckets() -> None:
    """Documents found are counted up to 100, which is the most that Vectorize gives."""
    row = next(line for line in block("export const METRICS").splitlines() if "rag_retrieval_count:" in line)
    assert "buckets: [0, 1, 2, 3, 5, 10, 20, 50, 100]" in row


def test_what_prometheus_records_no_worker_emits() -> None:
    """rag_cache_hit_rate is a share that Prometheus makes; a Worker that emitted it would make a second truth."""
    metrics = block("export const METRICS")
    assert "rag_cache_hits_total:" in metrics
    assert "rag_cache_hit_rate:" not in metrics
    assert "direction:" not in block("export interface LabelValues")


def test_a_closed_label_has_its_values_as_its_type() -> None:
    """A route is one of the platform's, or `other`; a quote in one cannot end its string."""
    values = block("export interface LabelValues")
    assert 'route: "/chat" | "/search" | "/ingest" | "/a\\"b" | "other";' in values
    assert "tenant_id: string;" in values


def test_the_line_has_the_plan_s_fields_in_the_plan_s_order() -> None:
    """Section 2.1 lists eleven fields; those that every line bears are not optional."""
    names = re.findall(r"^  (\w+\??): ", block("export interface LogLine"), re.MULTILINE)
    always = ["timestamp", "level", "message", "service", "tenant_id", "request_id", "route"]
    assert names == [*always, "latency_ms?", "status_code?", "error?", "metadata?"]


def test_secrets_stay_marked() -> None:
    """Raw prompts and answers are secret in the table that the logger reads, and what a person may type is personal."""
    metadata = next(line for line in TEXT.splitlines() if line.startswith("  metadata: {"))
    assert "prompt: { maxLength: 32768, secret: true }" in metadata
    assert "response: { maxLength: 32768, secret: true }" in metadata
    assert "  message: { maxLength: 4096, personal: true }," in TEXT


@pytest.mark.parametrize("header", REDACTION.headers)
def test_the_pattern_of_names_knows_each_header(header: str) -> None:
    """The Workers are given no list of the headers that are never written: the pattern of names finds them all."""
    assert re.search(REDACTION.secret_names, header)


def test_every_rule_stands_once_and_in_the_policy_s_order() -> None:
    """Rules run in their order, and the Workers run all credentials first: none comes after a person."""
    names = re.findall(r"^    (\w+): \{ pattern: ", TEXT[TEXT.index("\n  credential: {") :], re.MULTILINE)
    assert names == [rule.name for rule in REDACTION.rules]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": 1, "b-c": True}, '{ a: 1, "b-c": true }'),
        (['say "no"', "a\nb"], r'["say \"no\"", "a\nb"]'),
        (Pattern(r"^\d+/[/]\/\\/"), r"/^\d+\/[\/]\/\\\//u"),
        (GlobalPattern("x"), "/x/gu"),
        (Pattern(r"^x(?![\s\S])"), "/^x$/u"),
    ],
)
def test_values_are_written_as_typescript(value: object, expected: str) -> None:
    """Quotes, new lines, backslashes and slashes of a value do not end or change its literal."""
    assert literal(value) == expected


def test_the_intervals_of_pushes_are_those_of_the_platform() -> None:
    """Pushes every 60 s and 45 days of retention, in milliseconds, as the Workers compare them with the clock."""
    own = replace(PLATFORM, push_interval=seconds(60), retention=days(45))
    text = worker_contract(own)["contract/contract.gen.ts"]
    telemetry = text[text.index("export const TELEMETRY") :].split("\n}", 1)[0]
    assert re.findall(r"(\w+): (\d+),", telemetry) == [("pushIntervalMs", "60000"), ("retentionMs", "3888000000")]


def test_the_workers_tests_have_the_contract_of_the_tests_own_platform() -> None:
    """The Workers' tests and example depend neither on platform.yaml nor on out/."""
    stale = [file.name for file, text in fixture_texts().items() if file.read_text(encoding="utf-8") != text]
    assert stale == [], "run python -m tests.worker_fixture"
    imports = [
        path
        for path in FOLDER.parents[1].rglob("*.ts")
        if "node_modules" not in path.parts and "built" not in path.parts
    ]
    assert imports
    assert [path for path in imports if re.search(r"\.\./out/", path.read_text(encoding="utf-8"))] == []
