"""More than 200 overrides of tenants are a file that Prometheus scrapes, and not a rule each."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract.labels import TENANT
from generator.config.load import load
from generator.dsl.backends import BACKENDS
from generator.errors import BuildError
from generator.external import find_promtool
from generator.external.promtool import Promtool
from generator.ir.expression import Call, Scalar
from generator.ir.rules import RecordingRule
from generator.output import COMPOSE, OVERRIDES_FILE, PROMETHEUS_CONFIG, RULES_FOLDER
from generator.pipeline import compile_all, load_sources
from generator.rendering.kubernetes.override_objects import split
from generator.rendering.overrides_file import openmetrics
from generator.verify.replay.scraped_overrides import recorded_overrides
from generator.verify.replay.stages import load_rules
from tests.alerts.other_platforms import platform_file

RULES = f"{RULES_FOLDER}recorded-limits.yaml"
TELEMETRY = f"{RULES_FOLDER}telemetry.yaml"


def texts_of(folder: Path, overrides: int, **changes: Any) -> Mapping[str, str]:
    """The texts of a build with so many overrides: each tenant has a budget, half of them an error threshold, and the
    first one a budget of a month."""
    of_both, of_budget = overrides // 3, overrides - 1 - 2 * (overrides // 3)
    tenants = {f"both-{number}": {"tokens_per_day": 1000 + number, "error_percent": 2.5} for number in range(of_both)}
    tenants |= {f"budget-{number}": {"tokens_per_day": 50 + number} for number in range(of_budget)}
    tenants["both-0"]["dollars_per_month"] = 100
    sources = load_sources(platform_file(folder, "many", {"tenants": tenants, **changes}))
    return compile_all(sources.platform, sources.definitions).texts


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """A build with 200 overrides."""
    return texts_of(tmp_path_factory.mktemp("few"), 200)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """A build with 201 overrides."""
    return texts_of(tmp_path_factory.mktemp("many"), 201)


def recorded(texts: Mapping[str, str], ending: str) -> list[dict[str, Any]]:
    """The rules that record series whose names have this ending."""
    groups = yaml.safe_load(texts[RULES])["groups"]
    return [rule for group in groups for rule in group["rules"] if rule["record"].endswith(ending)]


def overrides_in(text: str) -> list[str]:
    """The lines of a file that are series of overrides."""
    return [line for line in text.splitlines() if ":override{" in line]


def scrape_jobs(texts: Mapping[str, str]) -> dict[str, Any]:
    """The scrape configurations by their jobs."""
    configuration = yaml.safe_load(texts[PROMETHEUS_CONFIG])
    return {each["job_name"]: each for each in configuration["scrape_configs"]}


def test_200_overrides_are_rules(few: Mapping[str, str]) -> None:
    """Each is a rule with vector(); there is no file, nothing that scrapes or serves it, and no alert on it."""
    assert len(recorded(few, ":override")) == 200
    assert OVERRIDES_FILE not in few
    assert scrape_jobs(few).keys() == {"prometheus", "alertmanager"}
    assert "overrides" not in yaml.safe_load(few[COMPOSE])["services"]
    assert "OverridesMissing" not in few[TELEMETRY]
    assert not [path for path in few if "overrides" in path]


def test_201_overrides_are_a_file(many: Mapping[str, str]) -> None:
    """No rule is left, the file has a line for each, and an alert looks for the series that says so."""
    assert recorded(many, ":override") == []
    assert len(overrides_in(many[OVERRIDES_FILE])) == 201
    assert "      - alert: OverridesMissing\n" in many[TELEMETRY]
    assert {"runbooks/overrides-missing.md", "tests/overrides-every-1m.yaml"} <= many.keys()


def test_the_file_has_the_names_and_labels_that_rules_would_record(
    few: Mapping[str, str], many: Mapping[str, str]
) -> None:
    """As rules, the series of the file are those of the build with one override less, and that one."""

    def key(rule: Mapping[str, Any]) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        return rule["record"], rule["expr"], tuple(sorted(rule["labels"].items()))

    of_file = {key(rule) for rule in recorded_overrides(many[OVERRIDES_FILE])}
    of_rules = {key(rule) for rule in recorded(few, ":override")}
    assert (
        "tenant_id:error_share:override",
        "vector(0.025)",
        (("platform", "many"), ("tenant_id", "both-0")),
    ) in of_file
    assert len(of_file) == 202
    # Of 201, 67 tenants have both, and 66 a budget alone; of 200, 66 have both, and 67 a budget alone.
    assert len(of_rules - of_file) == 1
    assert {labels for _, _, labels in of_rules - of_file} == {(("platform", "many"), ("tenant_id", "budget-66"))}


def test_a_limit_is_what_was_scraped_in_the_last_hour_or_the_default(many: Mapping[str, str]) -> None:
    """The labels of what was scraped are no part of the limit, which is joined with tenants."""
    (limit,) = recorded(many, "tokens_per_day:limit")
    own = 'max by (platform, tenant_id) (last_over_time(tenant_id:tokens_per_day:override{platform="many"}[1h]))'
    assert limit["expr"].startswith(f"{own}\nor on (platform, tenant_id)\n")


def test_promtool_accepts_the_file_and_the_configuration(many: Mapping[str, str], tmp_path: Path) -> None:
    """promtool reads 201 overrides and the series that says that the file is there, and accepts what scrapes it."""
    command = [str(find_promtool()), "check", "metrics", "--lint=none", "--extended"]
    result = subprocess.run(
        command, input=many[OVERRIDES_FILE], capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    counts = {line.split()[0]: line.split()[1] for line in result.stdout.splitlines()[1:]}
    assert counts == {
        "tenant_id:tokens_per_day:override": "133",
        "tenant_id:dollars_per_month:override": "1",
        "tenant_id:error_share:override": "67",
        "tenant_overrides_info": "1",
        "Total": "202",
    }
    broken = subprocess.run(command, input="a{b=c} 1\n", capture_output=True, text=True, timeout=60, check=False)
    assert broken.returncode != 0
    for path in (PROMETHEUS_CONFIG, *(path for path in many if path.startswith(RULES_FOLDER))):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(many[path], encoding="utf-8")
    assert Promtool(find_promtool()).check_config(tmp_path / PROMETHEUS_CONFIG) == []


def test_prometheus_scrapes_the_file_with_its_own_labels(many: Mapping[str, str]) -> None:
    """Every minute, without the labels of the web server, whatever media type that one names."""
    job = scrape_jobs(many)["overrides"]
    assert job["honor_labels"] is True
    assert (job["scrape_interval"], job["fallback_scrape_protocol"]) == ("1m", "OpenMetricsText1.0.0")
    assert job["metric_relabel_configs"] == [{"action": "labeldrop", "regex": "job|instance"}]
    assert job["static_configs"] == [{"targets": ["overrides:8080"]}]
    assert job["metrics_path"] == f"/{Path(OVERRIDES_FILE).name}"


def test_compose_serves_the_folder_of_the_file_alone(many: Mapping[str, str]) -> None:
    """The web server has the name and the port that Prometheus scrapes, no port outside, and no other file of `out`."""
    server = yaml.safe_load(many[COMPOSE])["services"]["overrides"]
    assert server["command"] == ["httpd", "-f", "-p", "8080", "-h", "/srv/overrides"]
    assert server["volumes"] == [f"./{Path(OVERRIDES_FILE).parent}:/srv/overrides:ro"]
    assert "ports" not in server


@pytest.mark.parametrize("backend", sorted(set(BACKENDS) - {"prometheus"}))
def test_other_backends_keep_rules(backend: str, tmp_path: Path) -> None:
    """Nothing in `out` scrapes for them: the overrides stay rules, and the platform does not ask for a file."""
    tenants = {f"tenant-{number}": {"tokens_per_day": number + 1} for number in range(201)}
    own = load(platform_file(tmp_path, "other", {"tenants": tenants, "backend": backend}))
    assert own.override_count == 201
    assert not own.scrapes_overrides
    assert replace(own, backend=BACKENDS["prometheus"]).scrapes_overrides


def test_values_of_labels_are_escaped() -> None:
    """Quotes, backslashes and line ends of a name come back as they were."""
    name = 'a "b"\\n\\ {c="d"} 5\n日本'
    rule = RecordingRule(
        "a:b:override", (TENANT,), Call("vector", (Scalar(Fraction(3)),)), "overrides", ((TENANT, name),)
    )
    text = openmetrics([rule])
    assert text.splitlines()[1] == 'a:b:override{tenant_id="a \\"b\\"\\\\n\\\\ {c=\\"d\\"} 5\\n日本"} 3'
    assert text.endswith("\n# EOF\n")
    assert list(recorded_overrides(text)) == [
        {"record": "a:b:override", "expr": "vector(3)", "labels": {"tenant_id": name}}
    ]


def test_a_replay_records_what_the_file_has(many: Mapping[str, str], tmp_path: Path) -> None:
    """Rules of a build and its file are replayed together, from `out` or from one folder with the files of both."""
    for path, text in many.items():
        if path.startswith((RULES_FOLDER, OVERRIDES_FILE)):
            for file in (tmp_path / "out" / path, tmp_path / "flat" / Path(path).name):
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
    for folder in (tmp_path / "out" / RULES_FOLDER, tmp_path / "flat"):
        series = [rule.series for rule in load_rules(folder)]
        assert sum(name.endswith(":override") for name in series) == 201
    (tmp_path / "flat" / "overrides.txt").write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(BuildError, match="nonsense"):
        load_rules(tmp_path / "flat")


def test_a_long_file_is_split_so_that_another_override_changes_one_part(many: Mapping[str, str]) -> None:
    """Each line is in one part, each part is a file of its own, and small."""
    lines = [f'a:b:override{{platform="many",tenant_id="tenant-{number}"}} {number}\n' for number in range(10_000)]
    text, more = (
        "".join(("# TYPE a:b:override gauge\n", *own, "# EOF\n")) for own in (lines, [*lines, 'a{b="c"} 1\n'])
    )
    parts, after = split(text), split(more)
    assert len(parts) == 8
    assert sorted(line for part in parts.values() for line in overrides_in(part)) == sorted(map(str.rstrip, lines))
    assert all(part.startswith("# TYPE") and part.endswith("\n# EOF") for part in parts.values())
    assert sum(parts[name] != after[name] for name in after) == 1
    assert max(len(part) for part in parts.values()) < 256 * 1024


def test_kubernetes_serves_and_scrapes_every_part(many: Mapping[str, str]) -> None:
    """The web server has the ConfigMap of each part, and Prometheus scrapes each under its own path."""
    objects = {path: yaml.safe_load(text) for path, text in many.items() if path.startswith("kubernetes/overrides-")}
    maps = [item for item in objects.values() if item["kind"] == "ConfigMap"]
    files = {name for item in maps for name in item["data"]}
    (volume,) = objects["kubernetes/overrides-deployment.yaml"]["spec"]["template"]["spec"]["volumes"]
    mounted = {source["configMap"]["name"] for source in volume["projected"]["sources"]}
    assert mounted == {item["metadata"]["name"] for item in maps}
    scrape = objects["kubernetes/overrides-scrape.yaml"]["spec"]
    assert {f"/{name}" for name in files} == {each["labels"]["__metrics_path__"] for each in scrape["staticConfigs"]}
    service = objects["kubernetes/overrides-service.yaml"]
    port = service["spec"]["ports"][0]["port"]
    targets = {target for each in scrape["staticConfigs"] for target in each["targets"]}
    assert targets == {f"{service['metadata']['name']}:{port}"}
    template = objects["kubernetes/overrides-deployment.yaml"]["spec"]["template"]
    assert service["spec"]["selector"] == template["metadata"]["labels"]
    assert scrape["honorLabels"] is True
    assert scrape["metricRelabelings"] == [{"action": "labeldrop", "regex": "job|instance|part"}]
    assert sum(len(overrides_in(text)) for item in maps for text in item["data"].values()) == 201
