"""The day of an example platform, driven once: what was sent, what came out, and what still runs to be asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.config.load import load
from generator.definitions import load_definitions
from generator.ir.build import Compiled
from generator.output import replace_folder
from generator.pipeline import lower, with_applicable_tests
from tests.e2e import scenario
from tests.e2e.application import application, node
from tests.e2e.drive import AlertTest, drive
from tests.e2e.prometheus import deployed
from tests.e2e.time_lapse import time_lapse

TIMES = 30
"""By how much time is shortened: a window of five minutes is ten seconds."""
SETTINGS = {
    "QUESTIONS_AN_HOUR": str(scenario.QUESTIONS_AN_HOUR),
    "TELEMETRY_SHARDS": "2",
    "TELEMETRY_WINDOW_MS": "200",
    "TELEMETRY_PUSH_MS": "500",
    "TELEMETRY_FULL_MS": "2000",
}


@pytest.fixture(scope="package")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Compiled, Path]:
    """The platform's build in time-lapse, and the folder where it lies."""
    platform = load(Path(__file__).with_name("platform.yaml"))
    compiled = time_lapse(lower(platform, with_applicable_tests(platform, load_definitions())), TIMES)
    out = tmp_path_factory.mktemp("e2e") / "out"
    replace_folder(out, compiled.texts)
    return compiled, out


@pytest.fixture(scope="package")
def story(built: tuple[Compiled, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[AlertTest]:
    """The story, told to its end; Prometheus and both Workers still run, and end with the tests."""
    program, folder, (_, out) = node(), tmp_path_factory.mktemp("e2e-run"), built
    with deployed(out / "prometheus", folder / "data") as prometheus:
        settings = {**SETTINGS, "OTLP_URL": f"{prometheus.url}/api/v1/otlp/v1/metrics"}
        with application(program, folder / "lines.ndjson", settings) as running:
            yield drive(running, prometheus)
