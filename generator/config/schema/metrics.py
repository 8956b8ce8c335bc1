"""The schema of the keys about the names of metrics."""

from __future__ import annotations

from generator.config.schema.keywords import optional_record, string

PREFIX = string(
    "a prefix of metrics",
    "What the names of all metrics begin with, those that the Workers emit and those that rules record. Changing it "
    "begins new series.",
    r"[a-z](_?[a-z0-9]){0,30}_",
    'give at most 32 lowercase letters, digits and single _, the first a letter and the last _, such as "acme_"',
)
METRICS = optional_record("a mapping of settings of metrics", "How metrics are named.", {"prefix": PREFIX})
