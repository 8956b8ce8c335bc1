"""The contract as JSON, for code generators; and the other files of `out/contract/` for programs and readers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from contract import CONTRACT
from contract.conventions import VERSIONS
from generator.config.schema.alerts import alerts_of
from generator.config.schema.metrics import LABELLED_METRICS, metrics_of
from generator.config.schema.platform import schema
from generator.dsl.alert import Alert, Severity
from generator.dsl.built_in import BuiltIn
from generator.dsl.contract import Contract
from generator.dsl.conventions import ConventionAttribute, ConventionMetric, ConventionVersion, NoCounterpart
from generator.dsl.label_values import has_values, is_closed, values_of
from generator.dsl.labels import Label
from generator.dsl.metrics import CombinedCounter, Counter, Gauge, Histogram, Metric, Seed
from generator.dsl.platform import Platform
from generator.dsl.renames import Renamed
from generator.lowering.alert_settings import allowed_keys
from generator.lowering.conventions import prometheus_name
from generator.lowering.identity import identity_names
from generator.lowering.metric_labels import is_counted_for_requests
from generator.output import LOG_SCHEMA, METRICS_JSON, METRICS_PAGE, PLATFORM_SCHEMA
from generator.rendering.contract_page import page
from generator.rendering.json_text import json_text
from generator.rendering.log_schema import log_fields, log_schema

VERSION = 2
"""The version of the format of metrics.json. It changes if readers of the old format cannot read the new one."""
TYPES: dict[type[Metric], str] = {Counter: "counter", Gauge: "gauge", Histogram: "histogram"}


def contract(platform: Platform, contract: Contract = CONTRACT) -> dict[str, str]:
    """metrics.json, log.schema.json and metrics.md, by their paths."""
    document = metrics_json(platform, contract)
    areas = tuple(dict.fromkeys(contract.area_of(metric.name) for metric in contract.metrics))
    return {
        METRICS_JSON: json_text(document) + "\n",
        LOG_SCHEMA: log_schema(platform, contract),
        METRICS_PAGE: page(document, platform, areas, log_fields(contract)),
    }


def platform_schema(platform: Platform, alerts: Iterable[Alert], contract: Contract = CONTRACT) -> dict[str, str]:
    """The JSON Schema of platform files, for editors, by its path, with each alert and the keys that it takes, and the
    metrics that can have labels of the platform, whatever its stores are."""
    allowed: dict[str, dict[Severity, tuple[str, ...]]] = {}
    for alert in alerts:
        allowed.setdefault(alert.name, {})[alert.declared] = allowed_keys(alert, platform)
    names = [metric.name for metric in (contract.complete or contract).metrics if is_counted_for_requests(metric)]
    document = schema(alerts_of(allowed), metrics_of({**LABELLED_METRICS["items"], "enum": names}))
    return {PLATFORM_SCHEMA: json_text(document) + "\n"}


def metrics_json(platform: Platform, contract: Contract = CONTRACT) -> dict[str, Any]:
    """Services and routes, labels, metrics, combined counters, built-in series and the versions of conventions, in the
    order of the contract."""
    prefix = platform.metric_prefix
    names = [metric.name for metric in contract.metrics]
    return {
        "version": VERSION,
        "series_labels": dict(identity_names(platform)),
        "services": {service: list(routes) for service, routes in platform.services.items()},
        "labels": [_label(label, platform) for label in contract.labels if has_values(label, platform)],
        "metrics": [
            with_prefixed_names(_metric(metric, contract.area_of(metric.name), prefix), names, prefix)
            for metric in contract.metrics
        ],
        "combined_counters": [_combined_counter(combined, prefix) for combined in contract.combined_counters],
        "built_in": [_built_in(series) for series in contract.built_in],
        "conventions": [_version(version) for version in VERSIONS],
    }


def _version(version: ConventionVersion) -> dict[str, str]:
    return {"id": version.id, "source": version.source, "read_on": version.read_on.isoformat()}


def _label(label: Label, platform: Platform) -> dict[str, Any]:
    values: dict[str, Any] = {"listed": list(values_of(label, platform))} if is_closed(label) else {}
    optional = {"fallback": label.fallback, "pattern": label.pattern}
    return {
        "name": label.name,
        "help": label.help,
        "values": label.values.value,
        **values,
        **{key: text for key, text in optional.items() if text},
        **_of_label(label.convention),
    }


def _of_label(convention: ConventionAttribute | NoCounterpart | None) -> dict[str, Any]:
    """The counterpart of a label in the conventions, or why it has none."""
    match convention:
        case ConventionAttribute(name=name, stability=stability, registry=registry):
            return {"convention": {"attribute": name, "stability": stability, "schema_url": registry.schema_url}}
        case NoCounterpart(reason=reason):
            return {"convention": {"none": reason}}
    return {}


def _of_metric(convention: ConventionMetric | NoCounterpart | None) -> dict[str, Any]:
    """The counterpart of a metric in each version of the conventions, with the name that Prometheus gives it; or why it
    has none."""
    match convention:
        case ConventionMetric(names=names, instrument=instrument, unit=unit, stability=stability):
            versions = {
                version.id: {"name": name, "prometheus": prometheus_name(name, convention)}
                for version, name in names.items()
            }
            of_all = {"instrument": instrument, "unit": unit, "stability": stability}
            return {"convention": {**of_all, "names": versions}}
        case NoCounterpart(reason=reason):
            return {"convention": {"none": reason}}
    return {}


def _metric(metric: Metric, area: str, prefix: str) -> dict[str, Any]:
    buckets = {"buckets": list(metric.buckets)} if isinstance(metric, Histogram) else {}
    origin = metric.origin
    return {
        "name": f"{prefix}{metric.name}",
        "area": area,
        "type": TYPES[type(metric)],
        "unit": metric.unit.name,
        "labels": [label.name for label in metric.labels],
        "help": metric.help,
        **buckets,
        "origin": {"seed": origin.section} if isinstance(origin, Seed) else {"extension": origin.reason},
        "recorded": isinstance(metric, Gauge) and metric.recorded_from is not None,
        **_of_metric(metric.convention),
        **_of_rename(metric.renamed_from, prefix),
    }


def _of_rename(renamed: Renamed | None, prefix: str) -> dict[str, Any]:
    """The earlier name of a metric, and the days between which both are recorded."""
    if renamed is None:
        return {}
    days = {"since": renamed.since.isoformat(), "until": renamed.until.isoformat()}
    return {"renamed_from": {"name": f"{prefix}{renamed.name}", **days}}


def with_prefixed_names(entry: dict[str, Any], names: Iterable[str], prefix: str) -> dict[str, Any]:
    """The entry of a metric whose texts name metrics with the prefix."""
    if not prefix:
        return entry
    pattern = re.compile(rf"\b({'|'.join(names)})\b")
    origin = {key: pattern.sub(rf"{prefix}\1", text) for key, text in entry["origin"].items()}
    texts = {"help": pattern.sub(rf"{prefix}\1", entry["help"]), "origin": origin}
    if "none" in entry.get("convention", {}):
        texts["convention"] = {"none": pattern.sub(rf"{prefix}\1", entry["convention"]["none"])}
    return {**entry, **texts}


def _combined_counter(combined: CombinedCounter, prefix: str) -> dict[str, Any]:
    members = [
        {
            "metric": f"{prefix}{member.counter.name}",
            "labels": {label.name: value for label, value in member.distinguishing_labels.items()},
        }
        for member in combined.members
    ]
    return {
        "name": f"{prefix}{combined.name}",
        "unit": combined.unit.name,
        "help": combined.help,
        "labels": [label.name for label in combined.labels],
        "members": members,
    }


def _built_in(series: BuiltIn) -> dict[str, Any]:
    return {"name": series.name, "labels": [label.name for label in series.labels], "help": series.help}
