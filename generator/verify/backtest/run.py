"""A run of a case: simulated, put into a real Prometheus, the rules replayed over it, and what fired read back."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generator.dsl.platform import Platform
from generator.verify.backtest import curves
from generator.verify.backtest.case import HOUR, MINUTE, Case
from generator.verify.backtest.curves import selector
from generator.verify.backtest.notifications import Firing, spans
from generator.verify.backtest.rules import STATIC, static, tried
from generator.verify.backtest.sloth import PEER
from generator.verify.replay.blocks import write_blocks
from generator.verify.replay.replay import replay
from generator.verify.replay.server import PrometheusServer, running_prometheus
from generator.verify.replay.stages import ReplayRule, parse_duration, split_into_stages
from generator.verify.simulation.clock import DAY
from generator.verify.simulation.progress import no_progress
from generator.verify.simulation.simulation import SimulationPlan, simulate

TENANTS, SEED = 6, 1
EVERY = 30
"""Seconds between two evaluations of an alert, at least."""
POINTS = 240
"""How many points a curve has."""
Labels = tuple[tuple[str, str], ...]
Points = tuple[tuple[float, float], ...]
"""Seconds after the incident's start, and a value."""


@dataclass(frozen=True)
class Run:
    """What came of a case: what fired of the shipped rules, the static ones and the peer's, and its plot's curves."""

    case: Case
    shipped: tuple[Firing, ...]
    static: tuple[Firing, ...]
    peer: tuple[Firing, ...]
    traffic: Points
    curve: Points


def run(
    platform: Platform, case: Case, shipped: Sequence[ReplayRule], peer: Sequence[ReplayRule], tenants: int = TENANTS
) -> Run:
    """Let it happen, and listen. Raises `Faults`: a tool is missing or fails."""
    simulation = simulate(SimulationPlan(platform, SEED, tenants, case.clock, case.incidents, case.rush))
    every = (*tried((*shipped, *peer), case.warm_up or case.days * DAY), *static(platform))
    # Between two samples nothing changes.
    chosen = [replace(rule, interval=max(rule.interval, case.step)) for rule in every]
    with tempfile.TemporaryDirectory(prefix="backtest-") as place:
        data = Path(place) / "data"
        write_blocks(simulation, data, no_progress)
        with running_prometheus(data) as server:
            replay(server, split_into_stages(chosen), case.clock, no_progress)
            return _read(server, case, chosen)


def _read(server: PrometheusServer, case: Case, chosen: Sequence[ReplayRule]) -> Run:
    fired = _fired(server, case, [rule for rule in chosen if rule.body.get("alert", "Watchdog") != "Watchdog"])
    return Run(
        case,
        tuple(one for one in fired if not one.labels["alertname"].startswith((STATIC, PEER))),
        tuple(one for one in fired if one.labels["alertname"].startswith(STATIC)),
        tuple(one for one in fired if one.labels["alertname"].startswith(PEER)),
        _curve(server, case, curves.traffic(case.traffic)),
        _curve(server, case, case.curve.expression),
    )


def _fired(server: PrometheusServer, case: Case, alerts: Sequence[ReplayRule]) -> list[Firing]:
    """Every firing from the incident's start on, the earliest first; Watchdog, which always fires, is left out."""
    found: list[Firing] = []
    every = max(EVERY, case.step)
    # Rules that share a name and a severity are asked for once, and linger alike.
    told = {(rule.body["alert"], rule.body["labels"]["severity"]): rule.body for rule in alerts}
    for (name, severity), body in told.items():
        lingering = parse_duration(str(body.get("keep_firing_for", "0s")))
        for labels, times in _states(server, case, {"alertname": name, "severity": severity}).items():
            found += [Firing(dict(labels), one) for one in spans(times["firing"], times[""], every, lingering)]
    return sorted(found, key=lambda one: (one.span, sorted(one.labels.items())))


def _states(server: PrometheusServer, case: Case, named: Mapping[str, str]) -> dict[Labels, dict[str, list[float]]]:
    """For the labels of each alert so named: when it fired, and under "" when its condition was so."""
    found: dict[Labels, dict[str, list[float]]] = defaultdict(lambda: {"firing": [], "pending": [], "": []})
    every = max(EVERY, case.step)
    asked = f"last_over_time(ALERTS{selector(named)}[{every}s])"
    span = every * 10_000
    for start in range(case.at, case.clock.end + 1, span + every):
        for series in server.query_range(asked, start, min(start + span, case.clock.end), every):
            labels = dict(series["metric"])
            state = labels.pop("alertstate")
            times = [float(time) - case.at for time, _ in series["values"]]
            for kind in (state, ""):
                found[tuple(sorted(labels.items()))][kind] += times
    return found


def _curve(server: PrometheusServer, case: Case, expression: str) -> Points:
    start, end = shown(case)
    window = f"{max(2, case.step * 4 // MINUTE)}m"
    asked = expression.replace("$w", window)
    step = max((end - start) // POINTS, case.step)
    found = server.query_range(asked, case.at + start, case.at + end, step)
    values = ((float(time) - case.at, float(value)) for series in found for time, value in series["values"])
    return tuple((time, value) for time, value in values if value == value)


def shown(case: Case) -> tuple[int, int]:
    """The part of a run that its plot shows, in seconds after the incident's start."""
    return -min(case.warm_up, max(case.lasting // 4, HOUR // 4)), case.lasting + case.after
