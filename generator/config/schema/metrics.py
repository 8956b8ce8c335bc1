"""The schema of the keys about metrics: their names, and the labels that a platform adds to them."""

from __future__ import annotations

from contract.conventions import VERSIONS
from generator.config.schema.keywords import Schema, optional_record, record, string, table

PREFIX = string(
    "a prefix of metrics",
    "What the names of all metrics begin with, those that the Workers emit and those that rules record. Changing it "
    "begins new series.",
    r"[a-z](_?[a-z0-9]){0,30}_",
    'give at most 32 lowercase letters, digits and single _, the first a letter and the last _, such as "acme_"',
)
MAX_VALUES = 50
"""How many values a label of a platform has at most: each multiplies the series of its metrics."""
LABEL_NAME = string(
    "a label's name",
    "The name of a label.",
    r"[a-z](_?[a-z0-9]){0,39}",
    'give at most 40 lowercase letters, digits and single _, the first a letter, such as "region"',
)
VALUES: Schema = {
    "title": "a list of values",
    "description": "The values of the label. The Workers report every other value, and none, as `other`.",
    "type": "array",
    "items": string(
        "a value",
        "A value of the label.",
        r"[A-Za-z0-9](?:[A-Za-z0-9._:/@-]{0,62}[A-Za-z0-9])?",
        'give at most 64 letters, digits and . _ : / @ - between them, such as "eu"',
    ),
    "minItems": 1,
    "maxItems": MAX_VALUES,
    "uniqueItems": True,
    "errorMessage": f'list each value once, at most {MAX_VALUES}, such as ["eu", "us"]',
}
LABELLED_METRICS: Schema = {
    "title": "a list of metrics",
    "description": "The metrics that get the label, by their names in the contract. Without this key, they are all "
    "that the Workers count for requests.",
    "type": "array",
    "items": string(
        "a metric's name",
        "The name of a metric, without a prefix.",
        r"[a-zA-Z_][a-zA-Z0-9_]{0,99}",
        'give a name of the contract, such as "requests_total"',
    ),
    "minItems": 1,
    "uniqueItems": True,
    "errorMessage": 'list each metric once, such as ["requests_total", "errors_total"]',
}
LABEL = record(
    "a mapping of a label",
    "A label that this platform adds. Changing it begins new series of its metrics.",
    {"values": VALUES, "metrics": LABELLED_METRICS},
    optional=("metrics",),
)
CONVENTIONS: Schema = {
    "title": "a version of conventions",
    "description": "The version of OpenTelemetry's GenAI conventions whose names rules record beside the contract's, "
    "as Prometheus' default translation writes them (default: none). They cost a series for each one of the metrics "
    "that have a counterpart.",
    "type": "string",
    "enum": [version.id for version in VERSIONS],
    "errorMessage": f"use one of {', '.join(version.id for version in VERSIONS)}",
}


def metrics_of(items: Schema) -> Schema:
    """Return the schema of the key `metrics`; `items` is that of the names of metrics."""
    label = {**LABEL, "properties": {**LABEL["properties"], "metrics": {**LABELLED_METRICS, "items": items}}}
    return optional_record(
        "a mapping of settings of metrics",
        "How metrics are named, and which names and labels they have beside the contract's.",
        {
            "prefix": PREFIX,
            "labels": table("a mapping of labels", "Labels that this platform adds to metrics.", LABEL_NAME, label),
            "conventions": CONVENTIONS,
        },
    )


METRICS = metrics_of(LABELLED_METRICS["items"])
