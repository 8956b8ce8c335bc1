"""The rules that a back-test evaluates: the shipped ones, baseline thresholds, and sloth's for the same objective."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from generator.dsl.metrics import P95
from generator.dsl.platform import Platform
from generator.errors import BuildError, Problem
from generator.external import find_sloth
from generator.external.process import run
from generator.promql.parser import parsed
from generator.promql.windows import longest_window
from generator.verify.replay.stages import ReplayRule, load_rules

BASELINE = "Baseline"
"""The prefix of the baseline's alert names."""
SLOTH = "Sloth"
"""The prefix of the alert names in sloth's rules."""
NOT_IN_A_NAME = re.compile("[^A-Za-z0-9]+")
SLOTH_TIMEOUT = 60.0
"""Seconds."""


def evaluable(all_rules: Sequence[ReplayRule], warm_up: float) -> tuple[ReplayRule, ...]:
    """Return the alerting rules whose longest window fits in `warm_up` seconds, and the recording rules they read."""
    recording: dict[str, list[ReplayRule]] = {}
    for rule in all_rules:
        if "record" in rule.body:
            recording.setdefault(rule.series, []).append(rule)
    selected = [rule for rule in all_rules if "alert" in rule.body and _look_back(rule, recording) <= warm_up]
    for rule in selected:
        for name in sorted(rule.reads() & recording.keys()):
            selected += [source for source in recording[name] if source not in selected]
    return tuple(selected)


def _look_back(rule: ReplayRule, recording: Mapping[str, Sequence[ReplayRule]]) -> float:
    """Return the longest window, in seconds, of a rule and of the recording rules that it reads. A running total reads
    its own past, which adds nothing."""
    own_name = rule.series if "record" in rule.body else ""
    sources = (source for name in (rule.reads() & recording.keys()) - {own_name} for source in recording[name])
    own = longest_window(parsed(str(rule.body["expr"])))
    return max([own, *(_look_back(source, recording) for source in sources)])


def baseline_rules(platform: Platform) -> tuple[ReplayRule, ...]:
    """Return the thresholds that teams often copy, per tenant and route: pages without a minimum of requests or
    an error budget."""
    return tuple(
        ReplayRule({"alert": f"{BASELINE}{name}", "expr": expr, "for": "5m", "labels": {"severity": "page"}}, 30)
        for name, expr in _baseline_expressions(platform)
    )


def _baseline_expressions(platform: Platform) -> Iterator[tuple[str, str]]:
    by, prefix = "sum by (tenant_id, route)", platform.metric_prefix
    yield "ErrorRate", f"{by} (rate({prefix}errors_total[5m])) / {by} (rate({prefix}requests_total[5m])) > 0.05"
    for route, threshold in sorted(platform.latency.route.overrides.items()):
        buckets = f'rate({prefix}latency_ms_bucket{{route="{route}"}}[5m])'
        yield "Latency", f"histogram_quantile({P95}, {by[:-1]}, le) ({buckets})) > {float(threshold.amount):g}"
    for service in sorted(platform.services):
        yield "Absent", f'absent({prefix}telemetry_heartbeat_timestamp_seconds{{service="{service}"}})'


def sloth_rules(platform: Platform) -> tuple[ReplayRule, ...]:
    """Return the rules that sloth generates. Raises `BuildError`: sloth is missing or fails."""
    program = find_sloth()
    hint = "set $SLOTH to the path of a working sloth"
    with tempfile.TemporaryDirectory(prefix="sloth-") as directory:
        specification, output = Path(directory) / "slos.yaml", Path(directory) / "rules"
        specification.write_text(sloth_specification(platform), encoding="utf-8")
        output.mkdir()
        command = [str(program), "generate", "--input", str(specification), "--out", str(output / "rules.yaml")]
        try:
            process = run(command, seconds=SLOTH_TIMEOUT)
        except subprocess.TimeoutExpired:
            problem = Problem("sloth", f"it does not finish within {SLOTH_TIMEOUT:g} s", hint)
            raise BuildError([problem]) from None
        if process.status:
            raise BuildError([Problem("sloth", f"it fails: {process.excerpt(lines=3)}", hint)])
        return load_rules(output)


def slo_names(routes: Iterable[str]) -> dict[str, str]:
    """Return a name of letters, digits and dashes for each route, numbered where two routes would have the same."""
    names: dict[str, str] = {}
    for route in routes:
        name = NOT_IN_A_NAME.sub("-", route).strip("-") or "root"
        names[route] = f"{name}-{len(names)}" if name in names.values() else name
    return names


def sloth_specification(platform: Platform) -> str:
    """Return sloth's input as YAML: for every route the availability objective of `platform.yaml`, over 30 days."""
    prefix = platform.metric_prefix
    slos = [
        {
            "name": name,
            "objective": float(platform.availability.target.amount * 100),
            "sli": {
                "events": {
                    "error_query": f'sum(rate({prefix}errors_total{{route="{route}"}}[{{{{.window}}}}]))',
                    "total_query": f'sum(rate({prefix}requests_total{{route="{route}"}}[{{{{.window}}}}]))',
                }
            },
            "alerting": {
                "name": f"{SLOTH}ErrorBudget",
                "labels": {"route": route},
                "page_alert": {"labels": {"severity": "page"}},
                "ticket_alert": {"labels": {"severity": "ticket"}},
            },
        }
        for route, name in slo_names(platform.routes).items()
    ]
    return yaml.safe_dump({"version": "prometheus/v1", "service": platform.name, "slos": slos}, sort_keys=False)
