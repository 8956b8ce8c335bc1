"""Kubernetes' objects: valid, small, stable, and with the same rules and dashboards as the plain files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml

from generator.definitions import load_definitions
from generator.dsl.platform import Platform
from generator.errors import BuildError
from generator.ir.rule_files import RenderedGroup, RenderedRule, RuleFile
from generator.pipeline import lower
from generator.rendering.kubernetes import kubernetes
from generator.rendering.rule_files import rule_file_yaml, rule_files, rules
from tests.rendering.rule_samples import HOSTILE, alert, budgets, limits, small

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DASHBOARDS = {
    "overview": json.dumps({"title": "Overview", "texts": HOSTILE}, indent=2, ensure_ascii=False) + "\n",
    "tenant": '{\n  "title": "Tenant",\n  "query": "a{b=~`${tenant:regex}`}"\n}\n',
}


@pytest.fixture(scope="module")
def large() -> dict[str, str]:
    """The objects of a platform in which 10,000 tenants have a budget of their own."""
    return kubernetes({}, [limits(budgets(10_000))])


@pytest.fixture(scope="module")
def large_parsed(large: dict[str, str]) -> dict[str, Any]:
    """The same, parsed."""
    return parsed(large)


def parsed(texts: Mapping[str, str]) -> dict[str, Any]:
    """The objects by their paths."""
    return {path: yaml.load(text, LOADER) for path, text in texts.items()}


def rules_of(objects: Mapping[str, Any]) -> list[Any]:
    """All rules of all objects."""
    groups = [group for one in objects.values() if one["kind"] == "PrometheusRule" for group in one["spec"]["groups"]]
    return [rule for group in groups for rule in group["rules"]]


def in_order(unordered: list[Any]) -> list[str]:
    """Rules in an order that is theirs, so that two lists of them can be compared."""
    return sorted(json.dumps(rule, sort_keys=True) for rule in unordered)


def test_every_object_obeys_its_schema(obeys: Callable[[object, str], None]) -> None:
    """Each kind has exactly the keys that its API knows, names as DNS spells them, and labels that Kubernetes takes."""
    schemas = {"PrometheusRule": "prometheus_rule", "ConfigMap": "dashboard_object", "Kustomization": "kustomization"}
    objects = parsed(kubernetes(DASHBOARDS, [small(), limits(budgets(2_000))]))
    assert len(objects) > 5
    for one in objects.values():
        obeys(one, schemas[one["kind"]])
    assert {one["kind"] for one in objects.values()} == set(schemas)


def test_kustomization_lists_every_object_once() -> None:
    """What a controller applies is all that lies there, in the order of the alphabet."""
    objects = kubernetes(DASHBOARDS, [small(), limits(budgets(2))])
    files = ["dashboard-overview.yaml", "dashboard-tenant.yaml", "rules-errors.yaml", "rules-recorded-limits.yaml"]
    assert sorted(objects) == [f"kubernetes/{file}" for file in (*files[:2], "kustomization.yaml", *files[2:])]
    assert parsed(objects)["kubernetes/kustomization.yaml"]["resources"] == files
    assert all(text.endswith("\n") and not text.endswith("\n\n") for text in objects.values())


def test_sidecar_finds_the_dashboard_and_its_folder() -> None:
    """The ConfigMap bears the sidecar's label and the folder's annotation, and the dashboard as it was."""
    for name, text in DASHBOARDS.items():
        one = parsed(kubernetes(DASHBOARDS, []))[f"kubernetes/dashboard-{name}.yaml"]
        assert one["metadata"]["name"] == f"workers-ai-dashboard-{name}"
        assert one["metadata"]["labels"]["grafana_dashboard"] == "1"
        assert one["metadata"]["annotations"] == {"grafana_folder": "Workers AI"}
        assert {file: json.loads(data) for file, data in one["data"].items()} == {f"{name}.json": json.loads(text)}


@pytest.mark.parametrize("text", HOSTILE)
def test_both_ways_carry_the_same_groups(text: str) -> None:
    """Parsed, a small file's groups are the same for Prometheus and for Kubernetes, whatever its texts are."""
    rule = RenderedRule("alert", "A", text, {"label": text}, {"summary": text})
    file = RuleFile("errors", (RenderedGroup("a", "30s", (rule, alert())), RenderedGroup("b", "2m", budgets(3))))
    one = parsed(kubernetes({}, [file]))["kubernetes/rules-errors.yaml"]
    assert one["spec"] == yaml.load(rule_file_yaml(file), LOADER)


def test_production_is_the_same_both_ways(platform: Platform, obeys: Callable[[object, str], None]) -> None:
    """Every rule file of production, parsed, has the groups of its PrometheusRule; both obey their schemas."""
    lowered = lower(platform, load_definitions())
    files = rule_files(lowered)
    objects = parsed(kubernetes({}, files))
    plain = parsed(rules(files))
    assert len(objects) == len(plain) + 1
    for path, groups in plain.items():
        obeys(groups, "rules")
        one = objects[f"kubernetes/rules-{path.removeprefix('prometheus/rules/')}"]
        obeys(one, "prometheus_rule")
        assert one["spec"] == groups


def test_many_budgets_are_the_same_rules_in_small_objects(large_parsed: dict[str, Any]) -> None:
    """10,000 budgets, 1.07 MiB in one object, lie in 16 of at most 256 KiB of JSON; none is lost, none is twice."""
    plain = yaml.load(rule_file_yaml(limits(budgets(10_000))), LOADER)["groups"]
    assert in_order(rules_of(large_parsed)) == in_order([rule for group in plain for rule in group["rules"]])
    assert max(len(json.dumps(one)) for one in large_parsed.values()) < 256 * 1024
    shards = [path for path in large_parsed if re.fullmatch(r"kubernetes/rules-recorded-limits-\d\d\.yaml", path)]
    assert len(shards) == 16


def test_what_reads_the_budgets_stays_in_one_piece(large_parsed: dict[str, Any]) -> None:
    """Only constants are dealt out: a rule that reads others stays in its group; no group's name is given twice."""
    (joined,) = large_parsed["kubernetes/rules-recorded-limits.yaml"]["spec"]["groups"]
    assert (joined["name"], len(joined["rules"])) == ("limits-joined", 1)
    groups = [group for one in large_parsed.values() if "spec" in one for group in one["spec"]["groups"]]
    assert len({group["name"] for group in groups}) == len(groups) == 17
    assert {group["interval"] for group in groups} == {"30s"}


def changed(old: Mapping[str, str], new: Mapping[str, str]) -> set[str]:
    """The paths whose texts differ, or that only one of the two has."""
    return {path for path in {*old, *new} if old.get(path) != new.get(path)}


def test_one_more_tenant_changes_one_object(large: dict[str, str]) -> None:
    """A tenant that comes, or whose number changes, touches one object; the list of objects stays as it is."""
    known = budgets(10_000)
    (more,) = budgets(1, first=20_000)
    assert len(changed(large, kubernetes({}, [limits((*known[:500], more, *known[500:]))]))) == 1
    raised = RenderedRule("record", known[7].name, "vector(9)", known[7].labels)
    assert len(changed(large, kubernetes({}, [limits((*known[:7], raised, *known[8:]))]))) == 1


def test_shards_do_not_depend_on_the_order_of_labels() -> None:
    """Where a rule goes is a function of its name and labels as a set."""
    given = [RenderedRule("record", "a:b", "vector(1)", {"a": str(i), "b": "x" * 100}) for i in range(2_000)]
    turned = [RenderedRule("record", "a:b", "vector(1)", dict(reversed(list(rule.labels.items())))) for rule in given]
    file, other = (RuleFile("f", (RenderedGroup("g", "30s", tuple(each)),)) for each in (given, turned))
    assert len(kubernetes({}, [file])) > 2
    assert kubernetes({}, [file]) == kubernetes({}, [other])


def test_what_depends_on_order_is_never_split_but_refused() -> None:
    """A family of alerts beyond 900 KiB, and a dashboard alike, are told by their files, both at once."""
    alerts = tuple(alert(f"Alert{i}", f'vector({i}) > 0 or absent(a{{b="{"x" * 900}"}})') for i in range(1_000))
    file = RuleFile("latency", (RenderedGroup("latency", "30s", alerts),))
    with pytest.raises(BuildError) as refusal:
        kubernetes({"overview": json.dumps("x" * 1_000_000)}, [file, small()])
    wheres = [problem.where for problem in refusal.value.problems]
    assert wheres == ["kubernetes/dashboard-overview.yaml", "kubernetes/rules-latency.yaml"]
