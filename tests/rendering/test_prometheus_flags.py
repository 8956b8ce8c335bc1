"""The flags of Prometheus are one list, which everything that starts it reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import yaml

from generator.dsl.units import days
from generator.output import COMPOSE, PROMETHEUS_CONFIG
from generator.rendering.compose import compose
from generator.rendering.provisioning import provisioning
from tests.rendering.platform_by_hand import platform_by_hand

FLAGS = [
    "--web.enable-otlp-receiver",
    "--enable-feature=exemplar-storage,created-timestamp-zero-ingestion",
    "--storage.tsdb.retention.time=90d",
]


def test_the_configuration_and_the_compose_file_have_the_same_flags() -> None:
    """The comment of `prometheus.yaml` lists them with their reasons, the command has them after its files."""
    platform = replace(platform_by_hand(), retention=days(90))
    lines = provisioning(platform)[PROMETHEUS_CONFIG].splitlines()[1:4]
    assert [line.split()[1] for line in lines] == FLAGS
    assert [line[76:] for line in lines] == [
        "Workers push metrics",
        "without it, new series lose an increment",
        "error budgets have a window of 30 days",
    ]
    command = yaml.safe_load(compose(platform)[COMPOSE])["services"]["prometheus"]["command"]
    assert command == ["--config.file=/etc/prometheus/prometheus.yaml", "--storage.tsdb.path=/prometheus", *FLAGS]


def test_no_other_source_names_a_feature(root: Path) -> None:
    """The Compose file, the operator's object and doctor read the list; the page of the backend explains it."""
    sources = [*(root / "generator").rglob("*.py"), *(root / "generator").rglob("*.j2")]
    named = {path.name for path in sources if FLAGS[1].rpartition(",")[2] in path.read_text(encoding="utf-8")}
    assert named == {"prometheus_flags.py", "backends.py"}
