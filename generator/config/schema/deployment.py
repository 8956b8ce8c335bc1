"""The schema of the keys about Prometheus, Grafana and Kubernetes. All are optional; defaults keep today's values."""

from __future__ import annotations

from generator.config.schema.keywords import END, Schema, number, optional_record, record, string, table
from generator.config.schema.names import LABEL_NAME
from generator.dsl.backends import BACKENDS
from generator.dsl.backends import PROMETHEUS as DEFAULT_BACKEND
from generator.dsl.kubernetes import (
    DASHBOARD_CONTROLLERS,
    DEFAULT_NAMESPACE,
    DEFAULT_STORAGE_GIB,
    GRAFANA_OPERATOR,
    SIDECAR,
)
from generator.dsl.platform import (
    CLASSIC_HISTOGRAMS,
    DEFAULT_DATA_SOURCE,
    DEFAULT_FOLDER,
    DEFAULT_PUSH_INTERVAL,
    GRAFANA_FORMATS,
    MAX_SAMPLE_INTERVAL,
    NATIVE,
    PRODUCTION,
    RETENTION_MARGIN,
)

DAY_SECONDS = 86400


def interval(description: str) -> Schema:
    """Return the schema of the time between two samples of a series."""
    return number("a number of seconds", description, whole=True, minimum=1, maximum=MAX_SAMPLE_INTERVAL.seconds)


BACKEND: Schema = {
    "title": "a backend",
    "description": "What stores the series and evaluates the rules. Names of series, sizes of groups of rules, and "
    f"which files are written follow from it; docs/backends.md compares them (default: {DEFAULT_BACKEND.name}).",
    "type": "string",
    "enum": list(BACKENDS),
    "errorMessage": f"use one of {', '.join(BACKENDS)}",
}
HISTOGRAMS: Schema = {
    "title": "a kind of histograms",
    "description": "How the backend stores histograms: classic is a series for each bucket; native is one series with "
    "custom buckets, which Prometheus makes of what the Workers push. docs/histograms.md has what it costs and what to "
    f"know before changing it (default: {CLASSIC_HISTOGRAMS}).",
    "type": "string",
    "enum": [CLASSIC_HISTOGRAMS, NATIVE],
    "errorMessage": f"use one of {CLASSIC_HISTOGRAMS}, {NATIVE}",
}
RULER_LIMITS = optional_record(
    "a mapping of limits",
    "The limits of the backend's ruler where they are not its defaults. Groups with more rules are split.",
    {
        "rules_per_group": number(
            "a number of rules", "The most rules in a group.", whole=True, minimum=5, maximum=10000
        ),
        "groups": number("a number of groups", "The most groups of rules.", whole=True, minimum=1, maximum=100000),
    },
)
PROMETHEUS_KEYS: Schema = {
    "push_interval_seconds": interval(
        f"How often the Workers push every series, idle or not (default {DEFAULT_PUSH_INTERVAL.seconds}). The minimum "
        "step of dashboards and the shortest window of rules follow from it."
    ),
    "scrape_interval_seconds": interval(
        "How often Prometheus scrapes what is not pushed, such as a collector between the Workers and Prometheus "
        "(default: the push interval)."
    ),
    "retention_days": number(
        "a number of days",
        "How long Prometheus stores samples, in days; at least a day more than the longest window of an SLO (default: "
        f"{RETENTION_MARGIN.seconds // DAY_SECONDS} days more).",
        whole=True,
        minimum=1,
        maximum=3660,
    ),
}
PROMETHEUS = record(
    "a mapping of settings of Prometheus",
    "How often samples arrive in Prometheus, and how long it stores them.",
    PROMETHEUS_KEYS,
    optional=tuple(PROMETHEUS_KEYS),
)
GRAFANA_KEYS: Schema = {
    "folder": string(
        "the title of a folder",
        f"The folder of the dashboards in Grafana (default {DEFAULT_FOLDER}, and the platform's name unless that is "
        f"{PRODUCTION}).",
        rf"(?![Gg]eneral{END})(?![ .])[^\x00-\x1f\x7f/\\$]{{1,60}}(?<![ .])",
        'give 1 to 60 characters without / \\ $ and control characters, such as "Workers AI"; General is taken',
    ),
    "data_source_uid": string(
        "the UID of a data source",
        f"The data source that dashboards open with; its name too, unless it is the default, {DEFAULT_DATA_SOURCE}.",
        r"[A-Za-z0-9_-]{1,40}",
        'give at most 40 letters, digits, - and _, such as "prometheus"',
    ),
    "formats": {
        "title": "a list of formats",
        "description": "The formats of the dashboards: classic for files that Grafana 11.6 to 13 provisions, and for "
        "the preview; v1beta1 (Grafana 12 and later), v2beta1 (12.2 and later) and v2 (13) for Git Sync and gcx. Only "
        "these are written (default: classic).",
        "type": "array",
        "items": {
            "title": "a format",
            "description": "A format of dashboards.",
            "type": "string",
            "enum": list(GRAFANA_FORMATS),
            "errorMessage": f"use one of {', '.join(GRAFANA_FORMATS)}",
        },
        "minItems": 1,
        "uniqueItems": True,
        "errorMessage": 'list each format once, such as ["classic", "v2beta1"]',
    },
    "managed_alerts": {
        "title": "true or false",
        "description": "Whether the alerts are written for import into Grafana-managed alerting, too (default: false).",
        "type": "boolean",
        "errorMessage": "give true or false, without quotes",
    },
}
GRAFANA = record(
    "a mapping of settings of Grafana",
    "Where the dashboards are in Grafana, which data source they open with, and what is written for Grafana.",
    GRAFANA_KEYS,
    optional=tuple(GRAFANA_KEYS),
)
KUBERNETES_KEYS: Schema = {
    "dashboards": {
        "title": "what takes dashboards to Grafana",
        "description": f"Whether dashboards and data source are ConfigMaps for the {SIDECAR} of Grafana's chart, or "
        f"objects of {GRAFANA_OPERATOR} (default: {SIDECAR}).",
        "type": "string",
        "enum": list(DASHBOARD_CONTROLLERS),
        "errorMessage": f"use one of {', '.join(DASHBOARD_CONTROLLERS)}",
    },
    "namespace": string(
        "a namespace",
        f"The namespace of Prometheus, a part of the data source's URL (default {DEFAULT_NAMESPACE}). Your own "
        "kustomization sets it.",
        r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
        'give at most 63 lowercase letters, digits and - between them, such as "monitoring"',
    ),
    "storage_gib": number(
        "a size in GiB",
        f"The size of the volume of Prometheus, in GiB (default {DEFAULT_STORAGE_GIB}).",
        whole=True,
        minimum=1,
    ),
}
KUBERNETES = record(
    "a mapping of settings of Kubernetes",
    "How the objects of out/kubernetes are written.",
    KUBERNETES_KEYS,
    optional=tuple(KUBERNETES_KEYS),
)
STATIC_LABELS = table(
    "a mapping of static labels",
    "Labels of this installation, such as its region: of every alert, and external labels of Prometheus. Alerts that "
    "differ in them are grouped apart and do not inhibit one another. Recorded series do not get them.",
    LABEL_NAME,
    string(
        "the value of a static label",
        "The value of the label.",
        r"[A-Za-z0-9]([A-Za-z0-9._:/@+ -]{0,126}[A-Za-z0-9])?",
        'give at most 128 letters, digits and . _ : / @ + - and spaces between them, such as "eu-west-1"',
    ),
)
