"""Which rules a run tries: the shipped ones that do not look further back than it goes, and those that people copy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from generator.dsl.platform import Platform
from generator.verify.replay.stages import DURATION, ReplayRule, parse_duration

WINDOW = re.compile(rf"\[((?:{DURATION.pattern})+)[\]:]")
MEMORY = re.compile(r"last_over_time\([^()]*\)")
"""What was last heard of: its window needs not be full, as that of a sum does."""
STATIC = "Static"
"""How the names of the static alerts begin."""


def tried(rules: Sequence[ReplayRule], warm_up: float) -> tuple[ReplayRule, ...]:
    """The alerts that look back no further than `warm_up` seconds, and the records that these read."""
    made = {rule.series: [one for one in rules if one.series == rule.series] for rule in rules if "record" in rule.body}
    kept = [rule for rule in rules if "alert" in rule.body and _longest(rule, made) <= warm_up]
    for rule in kept:
        kept += [one for name in sorted(rule.reads() & made.keys()) for one in made[name] if one not in kept]
    return tuple(kept)


def _longest(rule: ReplayRule, made: Mapping[str, Sequence[ReplayRule]]) -> float:
    """Seconds of the longest window in a rule, or in a record that it reads."""
    own = [parse_duration(found[0]) for found in WINDOW.findall(MEMORY.sub("", str(rule.body["expr"])))]
    return max([0, *own, *(_longest(one, made) for name in rule.reads() & made.keys() for one in made[name])])


def static(platform: Platform) -> tuple[ReplayRule, ...]:
    """The plain thresholds that people copy, for each tenant and route: no floor, no budget, all of them pages."""
    return tuple(
        ReplayRule({"alert": f"{STATIC}{name}", "expr": expr, "for": "5m", "labels": {"severity": "page"}}, 30)
        for name, expr in _static(platform)
    )


def _static(platform: Platform) -> Iterator[tuple[str, str]]:
    by = "sum by (tenant_id, route)"
    yield "ErrorRate", f"{by} (rate(errors_total[5m])) / {by} (rate(requests_total[5m])) > 0.05"
    for route, ceiling in sorted(platform.latency.route.overrides.items()):
        buckets = f'rate(latency_ms_bucket{{route="{route}"}}[5m])'
        yield "Latency", f"histogram_quantile(0.95, {by[:-1]}, le) ({buckets})) > {float(ceiling.amount):g}"
    for service in sorted(platform.services):
        yield "Absent", f'absent(telemetry_heartbeat_timestamp_seconds{{service="{service}"}})'
