"""The end-to-end run of the example application, done once; Prometheus and the Workers still run during the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.config.load import load
from generator.definitions import load_definitions
from generator.ir.build import Compiled
from generator.output.write import write_files
from generator.pipeline import compile_all
from tests.e2e import workload
from tests.e2e.application import find_node, running_application
from tests.e2e.end_to_end_run import EndToEndRun, run_end_to_end
from tests.e2e.prometheus import deployed_prometheus

SPEED = 30
"""The factor by which time is shortened: a window of five minutes is ten seconds."""
VARIABLES = {
    "QUESTIONS_AN_HOUR": str(workload.QUESTIONS_PER_HOUR),
    "TELEMETRY_SHARDS": "2",
    "TELEMETRY_WINDOW_MS": "200",
    "TELEMETRY_PUSH_MS": "500",
    "TELEMETRY_FULL_MS": "2000",
}


@pytest.fixture(scope="package")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Compiled, Path]:
    """The build of the platform with shortened windows, and its output folder."""
    platform = load(Path(__file__).with_name("platform.yaml"))
    compiled = compile_all(platform, load_definitions(), SPEED)
    out = tmp_path_factory.mktemp("e2e") / "out"
    write_files(out, compiled.texts)
    return compiled, out


@pytest.fixture(scope="package")
def run(built: tuple[Compiled, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[EndToEndRun]:
    """The complete run; Prometheus and both Workers run until the tests end."""
    node, folder, (_, out) = find_node(), tmp_path_factory.mktemp("e2e-run"), built
    with deployed_prometheus(out / "prometheus", folder / "data") as prometheus:
        variables = {**VARIABLES, "OTEL_EXPORTER_OTLP_ENDPOINT": f"{prometheus.url}/api/v1/otlp"}
        with running_application(node, folder / "lines.ndjson", variables) as application:
            yield run_end_to_end(application, prometheus)
