"""The conditions by which the Collector drops what the contract does not have."""

from __future__ import annotations

from dataclasses import replace

import yaml

from contract import CONTRACT
from generator.dsl.metrics import Counter, Gauge, Histogram
from generator.rendering.gateway import gateway
from generator.rendering.gateway.contract_filter import contract_filter, literal, one_of
from tests.rendering.platform_by_hand import platform_by_hand

PLATFORM = platform_by_hand(worker_api=("/chat", "/v1/*"))


def test_a_literal_has_no_special_character() -> None:
    """Characters with a meaning are in brackets, without backslashes; the Collector reads `$$` as one `$`."""
    assert literal("/v1/*.x") == "/v1/[*][.]x"
    assert literal("a$b") == "a[$$]b"
    assert one_of("name", ("a", "b.c")) == 'IsMatch(name, "^(?:a|b[.]c)$$")'


def test_the_first_condition_has_every_name_that_workers_push() -> None:
    """What rules record is not among them, nor what Prometheus writes itself."""
    names = contract_filter(PLATFORM, CONTRACT).metrics[0].partition("^(?:")[2].partition(")$$")[0].split("|")
    recorded = {each.name for each in CONTRACT.metrics if isinstance(each, Gauge) and each.recorded_from is not None}
    assert recorded == {"rag_cache_hit_rate"}
    assert set(names) == {each.name for each in CONTRACT.metrics} - recorded
    assert len(names) == len(set(names))


def test_every_metric_is_in_one_condition_of_labels() -> None:
    """No metric is left without a condition on its labels, and none has two."""
    points = [each for each in contract_filter(PLATFORM, CONTRACT).points if "Len(attributes)" in each]
    for metric in CONTRACT.metrics:
        if not (isinstance(metric, Gauge) and metric.recorded_from is not None):
            names = [each.partition("^(?:")[2].partition(")$$")[0].split("|") for each in points]
            assert sum(metric.name in of_condition for of_condition in names) == 1, metric.name


def test_the_labels_of_requests_are_worked_out_by_hand() -> None:
    """Four attributes: the platform's own value, the routes and `other`, the services, and any tenant without control
    characters."""
    (condition,) = [each for each in contract_filter(PLATFORM, CONTRACT).points if "|errors_total|" in each]
    assert condition.endswith(
        " and (Len(attributes) != 4"
        ' or not IsMatch(attributes["platform"], "^(?:by-hand)$$")'
        ' or not IsMatch(attributes["tenant_id"], "^(?:[^[:cntrl:]]{1,128})$$")'
        ' or not IsMatch(attributes["route"], "^(?:/chat|/v1/[*]|other)$$")'
        ' or not IsMatch(attributes["service"], "^(?:worker-api)$$"))'
    )


def test_types_and_bounds_follow_from_the_metric() -> None:
    """A counter must be a cumulative monotonic sum, and a histogram have all its bounds."""
    conditions = contract_filter(PLATFORM, CONTRACT)
    kinds = {kind: [each.name for each in CONTRACT.metrics if type(each) is kind] for kind in (Counter, Histogram)}
    counters, histograms = conditions.metrics[1:3]
    assert kinds[Counter][0] in counters
    assert "type != METRIC_DATA_TYPE_SUM or is_monotonic != true" in counters
    assert kinds[Histogram][0] in histograms
    assert 'IsMatch(metric.name, "^(?:latency_ms)$$") and Len(explicit_bounds) != 12' in conditions.points


def test_a_platforms_prefix_and_cluster_are_a_part_of_the_filter() -> None:
    """Workers push prefixed names, and a cluster is one more label of every series."""
    platform = replace(PLATFORM, metric_prefix="acme_", cluster="eu-1")
    conditions = contract_filter(platform, CONTRACT)
    assert "|acme_errors_total|" in conditions.metrics[0]
    (condition,) = [each for each in conditions.points if "|acme_errors_total|" in each]
    assert "Len(attributes) != 5" in condition
    assert 'not IsMatch(attributes["cluster"], "^(?:eu-1)$$")' in condition


def test_the_files_name_the_files_of_secrets_and_no_secrets() -> None:
    """Each file is read by its program's parser; the Collector has no queue, in which a push could be merged."""
    texts = gateway(PLATFORM, CONTRACT)
    assert {path.removeprefix("gateway/") for path in texts} == {
        "collector.yaml",
        "nginx.conf",
        "cloudflared.yaml",
        "web.yaml",
    }
    collector = yaml.safe_load(texts["gateway/collector.yaml"])
    (exporter,) = collector["exporters"].values()
    assert exporter["sending_queue"] == exporter["retry_on_failure"] == {"enabled": False}
    assert collector["service"]["pipelines"].keys() == {"metrics"}
    assert yaml.safe_load(texts["gateway/cloudflared.yaml"])["ingress"][-1] == {"service": "http_status:404"}
    assert "users" not in yaml.safe_load(texts["gateway/web.yaml"])
