"""Prometheus reads from the blocks exactly the samples that the OpenMetrics files have."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from contract import CONTRACT
from contract.labels import SERVICE
from generator.dsl.metrics import Gauge
from generator.dsl.platform import Platform
from generator.dsl.units import PERCENT
from generator.external.process import run
from generator.external.promtool import Promtool
from generator.verify.simulation.block import write
from generator.verify.simulation.block.write import write_blocks
from generator.verify.simulation.clock import Clock
from generator.verify.simulation.incident import Incident, IncidentKind
from generator.verify.simulation.openmetrics import file_ranges, openmetrics
from generator.verify.simulation.simulation import Simulation, SimulationPlan, simulate

INCIDENTS = (
    Incident(IncidentKind.COUNTERS_RESET, 4_000),
    Incident(IncidentKind.SAMPLES_MISSING, 2_000, 500),
    Incident(IncidentKind.SERVICE_SILENT, 8_000, 900, matchers={"service": "ingest-worker"}),
)
HOSTILE = 'a "tenant" \\ of 50 %\nü'
Sample = tuple[frozenset[str], float, int]


@cache
def _label_sets(text: str) -> frozenset[str]:
    return frozenset(re.findall(r'\w+="(?:[^"\\]|\\.)*"', text))


def _exported(simulation: Simulation) -> set[Sample]:
    """The samples of the OpenMetrics files: labels, value, milliseconds."""
    samples = set()
    for step_range in file_ranges(simulation):
        for line in "".join(openmetrics(simulation, step_range)).splitlines():
            if not line.startswith("#"):
                series, value, time = line.rsplit(" ", 2)
                name, _, labels = series.partition("{")
                samples.add((_label_sets(f'__name__="{name}",{labels}'), float(value), 1_000 * int(time)))
    return samples


def _stored(promtool: Promtool, data: Path) -> set[Sample]:
    """The samples that promtool reads from a data folder."""
    (data / "wal").mkdir()
    answer = run([str(promtool.path), "tsdb", "dump", str(data)], seconds=300)
    assert answer.status == 0, answer.errors
    samples = set()
    for line in answer.output.splitlines():
        series, value, time = line.rsplit(" ", 2)
        samples.add((_label_sets(series), float(value), int(time)))
    return samples


def _plan(platform: Platform) -> SimulationPlan:
    gauge = Gauge(
        name="queued_percent", unit=PERCENT, labels=(SERVICE,), help="Queue in use.", origin=CONTRACT.metrics[0].origin
    )
    contract = replace(CONTRACT, areas={**CONTRACT.areas, "own": (gauge,)})
    platform = replace(platform, tenants=(*platform.tenants, HOSTILE), metric_prefix="acme_")
    return SimulationPlan(platform, tenants=3, clock=Clock(length=10_000), incidents=INCIDENTS, contract=contract)


def test_blocks_have_the_exported_samples(
    platform: Platform, promtool: Promtool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All kinds of metrics, a gap, a reset, a silent service, a hostile name and three blocks: no sample differs."""
    monkeypatch.setattr(write, "STEPS_PER_BLOCK", 250)
    simulation = simulate(_plan(platform))
    write_blocks(simulation, tmp_path / "data")
    assert len([*(tmp_path / "data").glob("*/meta.json")]) == 3
    exported = _exported(simulation)
    assert any("queued_percent" in label for labels, _, _ in exported for label in labels)
    assert _stored(promtool, tmp_path / "data") == exported


def test_the_same_simulation_gives_the_same_blocks(platform: Platform, tmp_path: Path) -> None:
    """Names and files are equal, byte for byte, and the description counts the samples."""
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        write_blocks(simulate(_plan(platform)), folder)
    first, second = ({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
                     for folder in folders)  # fmt: skip
    assert first == second
    (description,) = (json.loads(content) for path, content in first.items() if path.name == "meta.json")
    assert description["stats"]["numSamples"] == len(_exported(simulate(_plan(platform))))


def test_without_samples_there_is_no_block(platform: Platform, tmp_path: Path) -> None:
    """Where every service is silent all the time."""
    silent = Incident(IncidentKind.SAMPLES_MISSING, -60, 10_000)
    write_blocks(simulate(SimulationPlan(platform, clock=Clock(length=900), incidents=(silent,))), tmp_path / "data")
    assert list((tmp_path / "data").iterdir()) == []
