"""A run of a case: simulated, put into a real Prometheus, the rules replayed over it, and what fired read back."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.backtest import curves
from generator.backtest.case import HOUR, MINUTE, Case
from generator.backtest.heard import Firing, spans
from generator.backtest.rules import STATIC, static, tried
from generator.history.blocks import write_blocks
from generator.history.replay import replay
from generator.history.server import Server, serving
from generator.history.stages import Rule, rules, staged
from generator.lang.platform import Platform
from generator.simulate.progress import silence
from generator.simulate.simulation import Plan, simulate

TENANTS = 6
EVERY = 30
"""Seconds between two evaluations of an alert."""
POINTS = 240
"""How many points a curve has."""
Points = tuple[tuple[float, float], ...]
"""Seconds after the incident's start, and a value."""


@dataclass(frozen=True)
class Run:
    """What came of a case: what fired of the shipped rules and of the static ones, and the curves of its plot."""

    case: Case
    shipped: tuple[Firing, ...]
    static: tuple[Firing, ...]
    traffic: Points
    curve: Points


def run(platform: Platform, case: Case, rules_folder: Path, tenants: int = TENANTS, seed: int = 1) -> Run:
    """Let it happen, and listen. Raises `Faults`: a tool is missing or fails, or there are no rules."""
    simulation = simulate(Plan(platform, seed, tenants, case.clock, case.incidents))
    # Where the run is its own warm-up, every rule is tried.
    all_rules = rules(rules_folder)
    chosen = (*tried(all_rules, case.warm_up or case.after), *static(platform))
    with tempfile.TemporaryDirectory(prefix="backtest-") as place:
        data = Path(place) / "data"
        write_blocks(simulation, data, silence)
        with serving(data) as server:
            replay(server, staged(chosen), case.clock, silence)
            return _read(server, case, chosen)


def _read(server: Server, case: Case, chosen: Sequence[Rule]) -> Run:
    fired = _fired(server, case, sorted({str(rule.body["alert"]) for rule in chosen if "alert" in rule.body}))
    return Run(
        case,
        tuple(one for one in fired if not one.labels["alertname"].startswith(STATIC)),
        tuple(one for one in fired if one.labels["alertname"].startswith(STATIC)),
        _curve(server, case, curves.traffic(case.traffic)),
        _curve(server, case, case.curve.expression),
    )


def _fired(server: Server, case: Case, names: Sequence[str]) -> list[Firing]:
    """Every firing from the incident's start on, the earliest first; Watchdog, which always fires, is left out."""
    found: list[Firing] = []
    span = EVERY * 10_000
    for name in (name for name in names if name != "Watchdog"):
        times: dict[tuple[tuple[str, str], ...], list[float]] = {}
        for start in range(case.at, case.clock.end + 1, span + EVERY):
            end = min(start + span, case.clock.end)
            for series in server.query_range(_firing(name), start, end, EVERY):
                labels = tuple(sorted(series["metric"].items()))
                times.setdefault(labels, []).extend(float(time) - case.at for time, _ in series["values"])
        found += [Firing(dict(labels), one) for labels, each in times.items() for one in spans(each, EVERY)]
    return sorted(found, key=lambda one: (one.span, sorted(one.labels.items())))


def _firing(name: str) -> str:
    return f'last_over_time(ALERTS{{alertstate="firing",alertname="{name}"}}[{EVERY}s])'


def _curve(server: Server, case: Case, expression: str) -> Points:
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
