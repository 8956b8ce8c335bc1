"""Kubernetes objects: valid, small and stable, with the same rules and dashboards as the other files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml

from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.errors import BuildError
from generator.ir.rule_files import RenderedGroup, RenderedRule, RuleFile
from generator.lowering.lower import lower
from generator.output import RULES_FOLDER
from generator.rendering.rule_files import rule_file_yaml, rule_files, rules
from tests.rendering.kubernetes.parsed_objects import deployed_texts, production
from tests.rendering.rule_samples import HOSTILE, alert, budgets, small, thresholds

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DASHBOARDS = {
    "overview": json.dumps({"title": "Overview", "texts": HOSTILE}, indent=2, ensure_ascii=False) + "\n",
    "tenant": '{\n  "title": "Tenant",\n  "query": "a{b=~`${tenant:regex}`}"\n}\n',
}


@pytest.fixture(scope="module")
def large() -> dict[str, str]:
    """The objects of a platform with 10,000 budgets of tenants."""
    return deployed_texts({}, [thresholds(budgets(10_000))])


@pytest.fixture(scope="module")
def large_parsed(large: dict[str, str]) -> dict[str, Any]:
    """The parsed objects of `large`."""
    return parsed(large)


def parsed(texts: Mapping[str, str]) -> dict[str, Any]:
    """The parsed YAML of texts, by path."""
    return {path: yaml.load(text, LOADER) for path, text in texts.items()}


def rules_of(objects: Mapping[str, Any]) -> list[Any]:
    """All rules of all objects."""
    specs = [item["spec"] for item in objects.values() if item["kind"] == "PrometheusRule"]
    return [rule for spec in specs for group in spec["groups"] for rule in group["rules"]]


def in_order(rules: list[Any]) -> list[str]:
    """Rules as sorted texts, to compare two lists of them."""
    return sorted(json.dumps(rule, sort_keys=True) for rule in rules)


def test_every_object_matches_its_schema(check_schema: Callable[[object, str], None]) -> None:
    """Objects of each kind have only the keys of its API, DNS names, and valid labels."""
    schemas = {"PrometheusRule": "prometheus_rule", "ConfigMap": "dashboard_object", "Kustomization": "kustomization"}
    objects = parsed(deployed_texts(DASHBOARDS, [small(), thresholds(budgets(2_000))]))
    assert len(objects) > 5
    for item in objects.values():
        check_schema(item, schemas[item["kind"]])
    assert {item["kind"] for item in objects.values()} == set(schemas)


def test_the_kustomization_lists_every_object_once() -> None:
    """Its resources are all other files in the folder, in alphabetical order."""
    objects = deployed_texts(DASHBOARDS, [small(), thresholds(budgets(2))])
    files = ["dashboard-overview.yaml", "dashboard-tenant.yaml", "rules-errors.yaml", "rules-recorded-limits.yaml"]
    assert sorted(objects) == [f"kubernetes/{file}" for file in (*files[:2], "kustomization.yaml", *files[2:])]
    assert parsed(objects)["kubernetes/kustomization.yaml"]["resources"] == files
    assert all(text.endswith("\n") and not text.endswith("\n\n") for text in objects.values())


def test_a_dashboard_has_the_label_and_the_annotation_of_the_sidecar() -> None:
    """The ConfigMap has the sidecar's label, the annotation of the folder, and the dashboard unchanged."""
    for name, text in DASHBOARDS.items():
        config_map = parsed(deployed_texts(DASHBOARDS, []))[f"kubernetes/dashboard-{name}.yaml"]
        assert config_map["metadata"]["name"] == f"workers-ai-dashboard-{name}"
        assert config_map["metadata"]["labels"]["grafana_dashboard"] == "1"
        assert config_map["metadata"]["annotations"]["grafana_folder"] == "Workers AI"
        assert {file: json.loads(data) for file, data in config_map["data"].items()} == {
            f"{name}.json": json.loads(text)
        }


def test_a_dashboard_names_the_folder_of_the_platform() -> None:
    """Grafana's sidecar creates the folder that the annotation names, quotes and colons included."""
    folder = 'Team: "AI"'
    config_map = parsed(deployed_texts(DASHBOARDS, [], production(folder)))["kubernetes/dashboard-tenant.yaml"]
    assert config_map["metadata"]["annotations"]["grafana_folder"] == folder


@pytest.mark.parametrize("text", HOSTILE)
def test_the_prometheus_rule_has_the_groups_of_the_rule_file(text: str) -> None:
    """With any texts, a small file has the same groups for Prometheus and for Kubernetes."""
    rule = RenderedRule("alert", "A", text, {"label": text}, {"summary": text})
    file = RuleFile("errors", (RenderedGroup("a", "30s", (rule, alert())), RenderedGroup("b", "2m", budgets(3))))
    rules_object = parsed(deployed_texts({}, [file]))["kubernetes/rules-errors.yaml"]
    assert rules_object["spec"] == yaml.load(rule_file_yaml(file), LOADER)


def test_production_has_the_same_rules_in_both_formats(
    platform: Platform, check_schema: Callable[[object, str], None]
) -> None:
    """Every rule file of production has the groups of its PrometheusRule, and both match their schemas."""
    lowered = lower(platform, load_definitions())
    files = rule_files(lowered)
    objects = parsed(deployed_texts({}, files))
    texts = parsed(rules(files))
    assert len(objects) == len(texts) + 1
    for path, groups in texts.items():
        check_schema(groups, "rules")
        rules_object = objects[f"kubernetes/rules-{path.removeprefix(RULES_FOLDER)}"]
        check_schema(rules_object, "prometheus_rule")
        assert rules_object["spec"] == groups


def test_many_constants_are_split_into_small_objects(large_parsed: dict[str, Any]) -> None:
    """10,000 budgets of 1.07 MiB are in 16 objects of at most 256 KiB of JSON, each budget in exactly one."""
    groups = yaml.load(rule_file_yaml(thresholds(budgets(10_000))), LOADER)["groups"]
    assert in_order(rules_of(large_parsed)) == in_order([rule for group in groups for rule in group["rules"]])
    assert max(len(json.dumps(item)) for item in large_parsed.values()) < 256 * 1024
    parts = [path for path in large_parsed if re.fullmatch(r"kubernetes/rules-recorded-limits-\d\d\.yaml", path)]
    assert len(parts) == 16


def test_only_constants_are_split(large_parsed: dict[str, Any]) -> None:
    """A rule that reads other series stays in its group, and every group has a name of its own."""
    (joined,) = large_parsed["kubernetes/rules-recorded-limits.yaml"]["spec"]["groups"]
    assert (joined["name"], len(joined["rules"])) == ("limits-joined", 1)
    groups = [group for item in large_parsed.values() if "spec" in item for group in item["spec"]["groups"]]
    assert len({group["name"] for group in groups}) == len(groups) == 17
    assert {group["interval"] for group in groups} == {"30s"}


def changed(old: Mapping[str, str], new: Mapping[str, str]) -> set[str]:
    """The paths whose texts differ, and those that are only in `old` or only in `new`."""
    return {path for path in {*old, *new} if old.get(path) != new.get(path)}


def test_one_more_tenant_changes_one_object(large: dict[str, str]) -> None:
    """A new tenant or another budget changes one object, and not the kustomization."""
    before = budgets(10_000)
    (more,) = budgets(1, first=20_000)
    assert len(changed(large, deployed_texts({}, [thresholds((*before[:500], more, *before[500:]))]))) == 1
    raised = replace(before[7], expression="vector(9)")
    assert len(changed(large, deployed_texts({}, [thresholds((*before[:7], raised, *before[8:]))]))) == 1


def test_parts_do_not_depend_on_the_order_of_labels() -> None:
    """The part of a constant depends on its name and its labels, in any order."""
    constant = RenderedRule("record", "a:b", "vector(1)", is_constant=True)
    constants = [replace(constant, labels={"a": str(number), "b": "x" * 100}) for number in range(2_000)]
    reversed_labels = [replace(rule, labels=dict(reversed(list(rule.labels.items())))) for rule in constants]
    file, other = (RuleFile("f", (RenderedGroup("g", "30s", tuple(rules)),)) for rules in (constants, reversed_labels))
    assert len(deployed_texts({}, [file])) > 2
    assert deployed_texts({}, [file]) == deployed_texts({}, [other])


def test_objects_that_are_too_large_are_problems() -> None:
    """Alerting rules are not split: a family of 512 KiB is a problem, as prometheus-operator takes no more, and so is a
    dashboard of 900 KiB."""
    alerts = tuple(
        alert(f"Alert{number}", f'vector({number}) > 0 or absent(a{{b="{"x" * 900}"}})') for number in range(600)
    )
    file = RuleFile("latency", (RenderedGroup("latency", "30s", alerts),))
    with pytest.raises(BuildError) as caught:
        deployed_texts({"overview": json.dumps("x" * 1_000_000)}, [file, small()])
    assert [problem.where for problem in caught.value.problems] == [
        "kubernetes/dashboard-overview.yaml",
        "kubernetes/rules-latency.yaml",
    ]
