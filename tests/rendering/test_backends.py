"""The output of each backend: what is emitted, the names that are read, and the sizes of groups of rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import yaml

from contract.labels import TENANT
from generator.dsl.backend import OutputPart
from generator.dsl.backends import BACKENDS, PROMETHEUS
from generator.dsl.units import days
from generator.errors import BuildError
from generator.external.promtool import Promtool
from generator.ir.build import Compiled
from generator.ir.expression import Aggregate, Selector, series_names
from generator.ir.rules import GROWTH_INTERVAL, RecordingRule
from generator.output import DATASOURCE, LIMITS, RULES_FOLDER
from generator.output.write import write_files
from generator.pipeline import TEST_PLATFORM, compiled
from generator.rendering.group_sizes import split

OTHERS = tuple(name for name in BACKENDS if name != PROMETHEUS.name)
ADDING_SUFFIXES = ("thanos", "cortex", "grafana-cloud", "amazon-managed-prometheus")
KEEPING_NAMES = ("victoriametrics", "mimir")
OF_PROMETHEUS = {"AlertsNotDelivered", "RuleEvaluationFailing", "RuleEvaluationMissed"}
EMITTED = {
    "prometheus": {"compose.yaml", "gateway", "grafana/provisioning", "kubernetes", "prometheus/prometheus.yaml"},
    "victoriametrics": {
        "backend/victoria-metrics.flags",
        "backend/vmalert.flags",
        "grafana/provisioning",
        "kubernetes",
    },
    "thanos": {
        *("backend/thanos-query.flags", "backend/thanos-receive.flags", "backend/thanos-rule.flags"),
        *("grafana/provisioning", "kubernetes"),
    },
    "mimir": {"backend/limits.yaml", "grafana/provisioning", "kubernetes"},
    "cortex": {"backend/limits.yaml", "grafana/provisioning", "kubernetes"},
    "grafana-cloud": set(),
    "amazon-managed-prometheus": {"grafana/provisioning"},
}
"""What each backend has beside contract, rules, dashboards, routing, alert tests and runbooks."""
COUNTER = re.compile(r"(?<![\w:])ai_tokens_(?:input|output)(?![\w:])")
"""A raw counter of tokens by the name that Workers push, not as a part of a recorded series' name."""


@cache
def build_of(backend: str, keys: str = "") -> Compiled:
    """The build of the tests' platform with a backend, and other keys of the platform file."""
    folder = Path(TEST_PLATFORM).parent
    file = folder / f".{backend}-{abs(hash(keys))}.yaml"
    file.write_text(f"extends: {TEST_PLATFORM.name}\nbackend: {backend}\n{keys}", encoding="utf-8")
    try:
        return compiled(file)
    finally:
        file.unlink()


def part_of(path: str) -> str:
    """The part of the output that a file is of."""
    folders = ("kubernetes", "grafana/provisioning", "gateway")
    return next((folder for folder in folders if path.startswith(f"{folder}/")), path)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_backend_has_what_it_needs_and_nothing_else(backend: str) -> None:
    """Prometheus' configuration is for Prometheus alone; Grafana Cloud takes neither provisioning nor objects."""
    of_every_backend = ("contract/", RULES_FOLDER, "grafana/dashboards/", "alertmanager/", "tests/", "runbooks/")
    own = {part_of(path) for path in build_of(backend).written if not path.startswith(of_every_backend)}
    assert own == EMITTED[backend]


@pytest.mark.parametrize("backend", OTHERS)
def test_rules_and_dashboards_read_the_names_that_the_backend_stores(backend: str) -> None:
    """Where counters get a suffix, rules, dashboards and alert tests read ai_tokens_input_total and nowhere
    ai_tokens_input; what ends in _total and histograms keep their names."""
    readers = (RULES_FOLDER, "grafana/dashboards/", "tests/", "kubernetes/")
    texts = {path: text for path, text in build_of(backend).written.items() if path.startswith(readers)}
    counters = {name for text in texts.values() for name in COUNTER.findall(text)}
    assert counters == (set() if backend in ADDING_SUFFIXES else {"ai_tokens_input", "ai_tokens_output"})
    everything = "\n".join(texts.values())
    assert ("ai_tokens_input_total{" in everything) == (backend in ADDING_SUFFIXES)
    assert "latency_ms_bucket{" in everything
    assert "requests_total{" in everything
    assert "total_total" not in everything


def test_every_backend_either_keeps_names_or_adds_suffixes() -> None:
    """The lists of this test are those of the table."""
    assert {name for name in OTHERS if BACKENDS[name].adds_suffixes} == set(ADDING_SUFFIXES)
    assert {*ADDING_SUFFIXES, *KEEPING_NAMES} == set(OTHERS)


@pytest.mark.parametrize("backend", BACKENDS)
def test_promtool_accepts_the_rules_and_the_limits_of_groups_hold(
    backend: str, tmp_path: Path, promtool: Promtool
) -> None:
    """No group has more rules than the ruler takes, no name is used twice, and no rule is lost."""
    built = build_of(backend)
    write_files(tmp_path, built.written)
    assert promtool.check_rules(sorted((tmp_path / RULES_FOLDER).glob("*.yaml"))) == []
    groups = [group for file in built.files for group in file.groups]
    limit = BACKENDS[backend].max_rules
    assert limit is None or max(len(group.rules) for group in groups) <= limit
    assert len({group.name for group in groups}) == len(groups)
    lowered = built.lowered
    assert sum(len(group.rules) for group in groups) == len(lowered.recording_rules) + len(lowered.alerts)


def test_groups_are_split_where_no_rule_reads_one_of_another_part() -> None:
    """On Mimir, a rule is in the group of what it reads, or in a later part, if the usual build has both in one."""
    whole, groups = groups_by_rule(build_of("prometheus")), groups_by_rule(build_of("mimir"))
    split_groups = {name.removesuffix("-01") for names in groups.values() for name in names if name.endswith("-01")}
    assert {"production:ai-recorded", "production:prices-recorded"} <= split_groups
    for rule in build_of("mimir").lowered.recording_rules:
        for name in series_names(rule.expression) & groups.keys():
            # Of costs, each group has rules of one name, for its products.
            of_reader, of_read = (whole.get(each, set()) for each in (rule.name, name))
            is_of_one_group = of_reader == of_read and len(of_read) == 1
            # What is too much for one group is divided in its order: readers come later.
            assert not is_of_one_group or max(groups[name]) <= max(groups[rule.name])


def groups_by_rule(built: Compiled) -> dict[str, set[str]]:
    """The groups of the rules of each name."""
    result: dict[str, set[str]] = {}
    for group in (group for file in built.files for group in file.groups):
        for rule in group.rules:
            result.setdefault(rule.name, set()).add(group.name)
    return result


def test_rules_that_do_not_fit_into_one_group_keep_their_order() -> None:
    """Of a chain of seven rules in groups of three, each is in the group of the one that it reads, or in a later one;
    rules that read nothing of it are in groups of their own."""
    chain = [recorded(f"a:{number}:x", f"a:{number - 1}:x") for number in range(1, 8)]
    others = [recorded("b:1:x", "raw"), recorded("b:2:x", "raw")]
    parts = split([chain[0], others[0], *chain[1:], others[1]], 3)
    assert [[rule.name for rule in part] for part in parts] == [
        ["a:1:x", "a:2:x"], ["a:3:x", "a:4:x"], ["a:5:x", "a:6:x", "a:7:x"], ["b:1:x", "b:2:x"],
    ]  # fmt: skip


def test_growth_is_not_separated_from_its_cursors() -> None:
    """Growth is what came since the cursor of the same evaluation: where both do not fit, the build says which limit to
    raise."""
    rules = [recorded(f"a:{number}:growth", f"a:{number - 1}:growth", growth=True) for number in range(1, 6)]
    with pytest.raises(BuildError) as error:
        split(rules, 4)
    (problem,) = error.value.problems
    assert (problem.where, problem.what) == (
        "the rules of a:1:growth",
        "5 rules that read one another do not fit into a group of 4",
    )
    assert problem.hint.endswith("ruler_limits: {rules_per_group: 5}")


def recorded(name: str, read: str, growth: bool = False) -> RecordingRule:
    """A rule that records the sum of a series."""
    rule = RecordingRule(name, (TENANT,), Aggregate("sum", Selector(read), (TENANT,)), "api")
    return (
        RecordingRule(rule.name, rule.labels, rule.expression, rule.area, interval=GROWTH_INTERVAL) if growth else rule
    )


def test_the_limits_of_the_ruler_can_be_others() -> None:
    """Groups of 100 rules split nothing; with five in a group, the groups are more than 70."""
    files = build_of("mimir", "ruler_limits: {rules_per_group: 100}\n").files
    assert not [group.name for file in files for group in file.groups if group.name.endswith("-01")]
    with pytest.raises(BuildError) as error:
        build_of("mimir", "ruler_limits: {rules_per_group: 10, groups: 30}\n")
    (problem,) = error.value.problems
    assert re.fullmatch(r"\d\d groups of rules are more than the 30 that the backend's ruler takes", problem.what)
    assert re.search(r"ruler_limits: \{groups: \d\d\}$", problem.hint)


@pytest.mark.parametrize("backend", OTHERS)
def test_alerts_on_prometheus_itself_are_of_prometheus_alone(backend: str) -> None:
    """Another ruler has no such counters: an alert that can never fire is not in its output, nor is its runbook."""
    names = {rule.alert.name for rule in build_of("prometheus").lowered.alerts}
    built = build_of(backend)
    assert names - {rule.alert.name for rule in built.lowered.alerts} == OF_PROMETHEUS
    assert not [path for path in built.written if "rule-evaluation" in path or "alerts-not-delivered" in path]


@pytest.mark.parametrize("backend", ["mimir", "cortex", "grafana-cloud", "amazon-managed-prometheus"])
def test_files_that_are_namespaces_have_the_name_of_the_project(backend: str) -> None:
    """Their rulers are shared: a namespace `errors` may be that of others. Alert tests name the files."""
    paths = [path for path in build_of(backend).written if path.startswith(RULES_FOLDER)]
    assert all(path.startswith(f"{RULES_FOLDER}workers-ai-") for path in paths)
    test = yaml.safe_load(build_of(backend).written["tests/errors-every-1m.yaml"])
    assert {file.removeprefix("../") for file in test["rule_files"]} <= set(paths)
    other = build_of(backend, "platform: staging\n").written
    assert f"{RULES_FOLDER}workers-ai-staging-errors.yaml" in other


def test_thanos_does_not_overwrite_the_tenant() -> None:
    """Its own tenant has another label than the contract's, by a flag; its ruler keeps what an error budget reads."""
    written = build_of("thanos", "prometheus: {retention_days: 40}\n").written
    flags = written["backend/thanos-receive.flags"].splitlines()
    assert "--receive.tenant-label-name=thanos_tenant" in flags
    assert "--tsdb.retention=40d" in flags
    assert "--tsdb.retention=40d" in written["backend/thanos-rule.flags"].splitlines()
    assert TENANT.name == "tenant_id"


def test_limits_are_yaml_with_the_retention_of_the_platform() -> None:
    """Mimir keeps first increments by a limit that is off by default; the retention is the SLO's window and 5 days."""
    limits = yaml.safe_load(build_of("mimir").written[LIMITS])
    assert limits["otel_created_timestamp_zero_ingestion_enabled"] is True
    assert limits["compactor_blocks_retention_period"] == "35d"
    assert build_of("mimir").lowered.platform.retention == days(35)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_data_source_is_one_that_grafana_knows(backend: str, check_schema: Callable[[object, str], None]) -> None:
    """It has the type of the backend, and the tenant's header where the backend needs one."""
    if not BACKENDS[backend].has(OutputPart.PROVISIONING):
        assert DATASOURCE not in build_of(backend).written
        return
    document = yaml.safe_load(build_of(backend).written[DATASOURCE])
    check_schema(document, "datasources")
    (source,) = document["datasources"]
    kind = {"thanos": "Thanos", "mimir": "Mimir", "cortex": "Cortex"}.get(backend, "Prometheus")
    assert source["jsonData"]["prometheusType"] == kind
    assert ("secureJsonData" in source) == (backend in ("mimir", "cortex"))


def test_amounts_are_read_from_raw_counters_where_rules_do_not_read_their_own_results() -> None:
    """vmalert stores results after the evaluation of a group: growth would never see the cursor of its tick."""
    names = [rule.name for rule in build_of("victoriametrics").lowered.recording_rules]
    assert not [name for name in names if name.endswith(":cursor")]
    rules = build_of("victoriametrics").written["prometheus/rules/recorded-ai.yaml"]
    assert re.search(r"increase\(ai_tokens_input\{[^}]*\}\[1d\]\)", rules)


def test_growth_needs_groups_with_room_for_all_counters_of_a_product() -> None:
    """Cursors of four counters and what reads them are 21 rules, more than Mimir's 20 by default: there amounts read
    raw counters, and growth where the platform says that groups may have 50 rules."""
    by_default = build_of("mimir")
    assert not [rule.name for rule in by_default.lowered.recording_rules if rule.name.endswith(":cursor")]
    raised = build_of("mimir", "ruler_limits: {rules_per_group: 50}\n")
    assert [rule.name for rule in raised.lowered.recording_rules if rule.name.endswith(":cursor")]
