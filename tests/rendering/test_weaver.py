"""The registry for OpenTelemetry Weaver, by the documented format as we understand it; Weaver itself was not run."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from contract import METRICS
from contract.conventions import REGISTRIES
from generator.ir.build import Compiled
from generator.rendering.weaver import weaver_registry
from tests.checks.builds import violations
from tests.rendering.platform_by_hand import platform_by_hand

SCHEMA = json.loads(Path(__file__).with_name("weaver.schema.json").read_text(encoding="utf-8"))
FOLDER = "contract/weaver/"
PLATFORM = platform_by_hand(worker_api=("/chat", "/search", "/"), ingest_worker=("/ingest", "/search-"))
FILES = {path.removeprefix(FOLDER): yaml.safe_load(text) for path, text in weaver_registry(PLATFORM).items()}
GROUPS = ("attributes.yaml", "metrics.yaml", "conventions.yaml")
RECORDED = "rag_cache_hit_rate"
PUBLISHED = {"http.route", "service.name", "gen_ai.request.model"}
"""Attributes of OpenTelemetry's registries: the first two of the general one, the third of the one of GenAI."""
IMPORTED = {
    "gen_ai.client.inference.duration",
    "gen_ai.client.inference.time_to_first_chunk",
    "gen_ai.client.inference.usage.input_tokens",
    "gen_ai.client.inference.usage.output_tokens",
}


def attributes() -> Iterator[dict[str, Any]]:
    """Every attribute that is defined or referred to."""
    for name in GROUPS:
        for group in FILES[name]["groups"]:
            yield from group["attributes"]


def own() -> dict[str, dict[str, Any]]:
    """The attributes that the registry defines, by their ids."""
    return {attribute["id"]: attribute for attribute in attributes() if "id" in attribute}


@pytest.mark.parametrize("name", GROUPS)
def test_files_have_the_documented_form(name: str) -> None:
    """Each file of groups matches the schema, which is closed."""
    Draft202012Validator.check_schema(SCHEMA)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(FILES[name])] == []


@pytest.mark.parametrize(
    "attribute",
    [
        {"ref": "model", "type": "string"},
        {"id": "model", "type": "string", "brief": "The model.", "stability": "stable"},
        {"id": "model", "type": {"members": []}, "brief": "The model.", "stability": "stable"},
    ],
)
def test_the_schema_refuses_what_weaver_does_not_read(attribute: dict[str, Any]) -> None:
    """A reference with a type, a text without an example and an enumeration without members are violations."""
    group = {"id": "a", "type": "attribute_group", "brief": "Some.", "attributes": [attribute]}
    assert list(Draft202012Validator(SCHEMA).iter_errors({"groups": [group]}))


def test_the_manifest_names_the_registry_and_what_it_depends_on() -> None:
    """URLs of schemas end in a version, and each dependency is a tag of a repository with its folder."""
    manifest = FILES["manifest.yaml"]
    assert manifest.keys() == {"name", "description", "schema_url", "dependencies"}
    for each in (manifest, *manifest["dependencies"]):
        assert re.fullmatch(r"https://[^/]+/.+/\d+\.\d+\.\d+", each["schema_url"])
    paths = [dependency["registry_path"] for dependency in manifest["dependencies"]]
    assert len(paths) == len(REGISTRIES) == 2
    assert all(re.fullmatch(r"https://github\.com/\S+\.git@v[0-9.]+\[model\]", path) for path in paths)


def test_every_reference_is_resolved() -> None:
    """A reference is to an attribute of the registry or to one that OpenTelemetry publishes; so is each import."""
    references = {attribute["ref"] for attribute in attributes() if "ref" in attribute}
    published = references - own().keys()
    assert PUBLISHED <= published <= {name for registry in REGISTRIES for name in registry.attributes}
    imports = set(FILES["conventions.yaml"]["imports"]["metrics"])
    assert IMPORTED <= imports <= {name for registry in REGISTRIES for name in registry.metrics}


def test_every_metric_that_workers_push_is_a_group() -> None:
    """All metrics but the recorded one, each with its labels and those of the platform."""
    groups = {group["metric_name"]: group for group in FILES["metrics.yaml"]["groups"]}
    assert groups.keys() == {metric.name for metric in METRICS} - {RECORDED}
    latency = groups["ai_latency_ms"]
    assert (latency["instrument"], latency["unit"], latency["stability"]) == ("histogram", "ms", "stable")
    labels = ["platform", "tenant_id", "route", "service", "model"]
    assert latency["attributes"] == [{"ref": label, "requirement_level": "required"} for label in labels]
    assert groups["telemetry_heartbeat_timestamp_seconds"]["instrument"] == "gauge"
    assert "gen_ai.client.inference.duration, in s" in latency["note"]


def test_ids_are_unique() -> None:
    """No two groups, attributes or members of an enumeration share an id: /search and /search- are two members."""
    ids = [group["id"] for name in GROUPS for group in FILES[name]["groups"]]
    ids += [attribute["id"] for attribute in attributes() if "id" in attribute]
    assert [id_ for id_, count in Counter(ids).items() if count > 1] == []
    members = own()["route"]["type"]["members"]
    assert [member["value"] for member in members] == ["/chat", "/search", "/", "/ingest", "/search-", "other"]
    assert len({member["id"] for member in members}) == len(members)


def test_names_have_the_prefix_of_the_platform() -> None:
    """Workers push metrics with the prefix; conventional names have none."""
    files = weaver_registry(replace(PLATFORM, metric_prefix="acme_", cluster="eu"))
    metrics = yaml.safe_load(files[f"{FOLDER}metrics.yaml"])["groups"]
    assert all(group["metric_name"].startswith("acme_") for group in metrics)
    assert metrics[0]["attributes"][1] == {"ref": "cluster", "requirement_level": "required"}
    assert "- gen_ai.client.inference.duration" in files[f"{FOLDER}conventions.yaml"]


def test_a_reference_to_nothing_is_reported(production: Compiled) -> None:
    """A label of a metric that the file of attributes lacks, and a registry that the manifest does not depend on, are
    violations with the nearest name."""
    check = "contract/unresolved-reference"
    assert violations(production, check) == []
    path = f"{FOLDER}attributes.yaml"
    (problem, *_) = violations(replace(production, texts={**production.texts, path: "groups: []"}), check)
    assert problem.startswith(f"{FOLDER}metrics.yaml: it refers to ")
    path = f"{FOLDER}manifest.yaml"
    problems = violations(replace(production, texts={**production.texts, path: "dependencies: []"}), check)
    assert {problem.split()[4].rstrip(",") for problem in problems} >= PUBLISHED | IMPORTED
