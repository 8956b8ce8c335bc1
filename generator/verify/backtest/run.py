"""Run a case: simulate it, import the samples into Prometheus, replay the rules, and query which alerts fired."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from alerts.routing import ROUTING
from generator.dsl.metrics import Counter, Histogram
from generator.dsl.platform import Platform
from generator.dsl.routing import Routing
from generator.dsl.severity import NONE
from generator.frozen import frozen
from generator.garbage import return_free_memory
from generator.promql.parser import name_of, parsed, selectors
from generator.verify.backtest.case import HOUR, MINUTE, Case
from generator.verify.backtest.chart_queries import ChartQuery, label_matchers, requests_per_minute
from generator.verify.backtest.clusters import clusters_of
from generator.verify.backtest.missing_results import without_missing_results
from generator.verify.backtest.rule_sets import BASELINE, SLOTH, evaluable
from generator.verify.notified.inhibitors import inhibitor_intervals
from generator.verify.notified.notifications import AlertInterval, firing_intervals
from generator.verify.replay.replay import replay
from generator.verify.replay.server import PrometheusServer, large_prometheus
from generator.verify.replay.stages import ReplayRule, parse_duration, split_into_stages
from generator.verify.simulation.block.write import write_blocks
from generator.verify.simulation.incident import Incident
from generator.verify.simulation.progress import Progress, no_progress
from generator.verify.simulation.resolution import FEW_POINTS, MANY_POINTS, Resolution
from generator.verify.simulation.simulation import SimulationPlan, simulate

TENANTS = 6
MIN_EVALUATION_INTERVAL = 30
"""Seconds."""
MAX_POINTS = 240
"""The number of points of a curve."""
LabelSet = tuple[tuple[str, str], ...]
Points = tuple[tuple[float, float], ...]
"""Pairs of a time, in seconds after the incident's start, and a value."""


@frozen
class BacktestRun:
    """The alerts that fired in a case, of the shipped rules with the inhibitors, the baseline and sloth, and the curves
    of its chart. `routing` is the platform's."""

    case: Case
    shipped: tuple[AlertInterval, ...]
    baseline: tuple[AlertInterval, ...]
    sloth: tuple[AlertInterval, ...]
    traffic: Points
    symptom: Points
    routing: Routing = ROUTING


def run(
    platform: Platform,
    case: Case,
    shipped: Sequence[ReplayRule],
    compared: Sequence[ReplayRule] = (),
    tenants: int = TENANTS,
    routing: Routing = ROUTING,
    progress: Progress = no_progress,
) -> BacktestRun:
    """Simulate a case and replay the rules over it, whose alerts are routed by `routing`; the baseline and sloth are
    among the `compared` ones. Raises `BuildError`: a tool is missing or fails."""
    selected = without_missing_results(evaluable((*shipped, *compared), case.look_back), case)
    # Between two samples no value changes, so a shorter interval would cost time and give the same alerts.
    all_rules = [replace(rule, interval=max(rule.interval, case.step)) for rule in selected]
    with tempfile.TemporaryDirectory(prefix="backtest-") as directory:
        data = Path(directory) / "data"
        for number, cluster in enumerate(clusters_of(platform, case)):
            plan = _plan(cluster, case, tenants, case.incidents if number == 0 else ())
            _write_samples(plan, _series_read(all_rules, case, platform.metric_prefix), data, progress)
        with large_prometheus(data) as server:
            replay(server, split_into_stages(all_rules), resolution(case).spans(case.clock), progress)
            queried = _query_run(server, case, all_rules, platform.metric_prefix)
            inhibitors = inhibitor_intervals(queried.shipped, routing, platform)
            return replace(queried, shipped=(*queried.shipped, *inhibitors), routing=routing)


def _series_read(rules: Iterable[ReplayRule], case: Case, prefix: str) -> frozenset[str]:
    """The names of the series that rules and the chart read."""
    charts = (query.on(prefix, "5m") for query in (requests_per_minute(case.traffic_labels), case.symptom))
    names = {name_of(selector) for chart in charts for selector in selectors(parsed(chart))}
    return frozenset(names.union(*(rule.reads() for rule in rules)))


def _write_samples(plan: SimulationPlan, read: Collection[str], data: Path, progress: Progress) -> None:
    """Simulate, and write the samples of the series that are read: a third of a month's are not. Prometheus needs the
    8 GB of memory that a month of 200 tenants takes."""
    simulation = simulate(plan, progress)
    measurements = tuple(each for each in simulation.measurements if _is_read(each.metric, plan.platform, read))
    write_blocks(replace(simulation, measurements=measurements), data, progress)
    return_free_memory()


def _is_read(metric: Counter | Histogram, platform: Platform, read: Collection[str]) -> bool:
    return any(platform.stored_name(name, isinstance(metric, Counter)) in read for name in metric.names())


def resolution(case: Case) -> Resolution:
    """All samples and results; of a population of its own, which is large, few at once."""
    return Resolution(points_per_query=FEW_POINTS if case.population else MANY_POINTS)


def _plan(platform: Platform, case: Case, tenants: int, incidents: tuple[Incident, ...]) -> SimulationPlan:
    return SimulationPlan(
        *(platform, case.seed, tenants, case.clock, incidents, case.traffic_factor), population=case.population
    )


def _query_run(server: PrometheusServer, case: Case, all_rules: Sequence[ReplayRule], prefix: str) -> BacktestRun:
    alerts = _query_alerts(server, case, [rule for rule in all_rules if "alert" in rule.body])
    return BacktestRun(
        case,
        tuple(alert for alert in alerts if not alert.labels["alertname"].startswith((BASELINE, SLOTH))),
        tuple(alert for alert in alerts if alert.labels["alertname"].startswith(BASELINE)),
        tuple(alert for alert in alerts if alert.labels["alertname"].startswith(SLOTH)),
        _query_curve(server, case, requests_per_minute(case.traffic_labels), prefix),
        _query_curve(server, case, case.symptom, prefix),
    )


def _query_alerts(server: PrometheusServer, case: Case, alerting_rules: Sequence[ReplayRule]) -> list[AlertInterval]:
    """Return the firing alerts from the incident's start on, ordered by time. Those that notify nobody are left out:
    when inhibitors fire follows from the others."""
    alerts: list[AlertInterval] = []
    interval = max(MIN_EVALUATION_INTERVAL, case.step)
    # Rules that share a name and a severity have the same `keep_firing_for`, so one query covers them.
    by_name = {(rule.body["alert"], rule.body["labels"]["severity"]): rule.body
               for rule in alerting_rules if rule.body["labels"]["severity"] != NONE.value}  # fmt: skip
    for (name, severity), body in by_name.items():
        keep_firing_for = parse_duration(str(body.get("keep_firing_for", "0s")))
        for labels, times in _query_states(server, case, {"alertname": name, "severity": severity}).items():
            intervals = firing_intervals(times["firing"], times["active"], interval, keep_firing_for)
            alerts += [AlertInterval(dict(labels), start, end) for start, end in intervals]
    return sorted(alerts, key=lambda alert: (alert.start, alert.end, sorted(alert.labels.items())))


def _query_states(
    server: PrometheusServer, case: Case, labels: Mapping[str, str]
) -> dict[LabelSet, dict[str, list[float]]]:
    """Return, for the labels of each alert, the times in the states "firing" and "pending", and in either: "active"."""
    states: dict[LabelSet, dict[str, list[float]]] = defaultdict(lambda: {"firing": [], "pending": [], "active": []})
    interval = max(MIN_EVALUATION_INTERVAL, case.step)
    query = f"last_over_time(ALERTS{label_matchers(labels)}[{interval}s])"
    length = interval * 10_000  # Prometheus returns at most 11,000 points of a series
    for start in range(case.incident_start, case.clock.end + 1, length + interval):
        for series in server.query_range(query, start, min(start + length, case.clock.end), interval):
            series_labels = dict(series["metric"])
            state = series_labels.pop("alertstate")
            times = [float(time) - case.incident_start for time, _ in series["values"]]
            for key in (state, "active"):
                states[tuple(sorted(series_labels.items()))][key] += times
    return states


def _query_curve(server: PrometheusServer, case: Case, query: ChartQuery, prefix: str) -> Points:
    start, end = chart_range(case)
    window = f"{max(2, case.step * 4 // MINUTE)}m"
    step = max((end - start) // MAX_POINTS, case.step)
    result = server.query_range(query.on(prefix, window), case.incident_start + start, case.incident_start + end, step)
    points = (
        (float(time) - case.incident_start, float(value)) for series in result for time, value in series["values"]
    )
    return tuple((time, value) for time, value in points if value == value)


def chart_range(case: Case) -> tuple[int, int]:
    """Return the part of a run that its chart shows, in seconds after the incident's start."""
    return -min(case.warm_up, max(case.duration // 4, HOUR // 4)), case.duration + case.cool_down
