"""The amounts of a day that a real Prometheus records, which is killed twice while tokens are counted, and by a new
tenant while it is dead.

All durations are divided by 30: a day is 48 minutes, of which all but the last are written before Prometheus starts.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contract.ai import AI_TOKENS_INPUT
from generator.external import find_promtool
from generator.output import PROMETHEUS_CONFIG
from generator.pipeline import build
from tests.alerts.other_platforms import platform_file
from tests.e2e.prometheus import OPENER, TIMEOUT, DeployedPrometheus, deployed_prometheus

FACTOR = 30
DAY = 24 * 60 * 60 // FACTOR
RULES_EVERY = 2 * 60 // FACTOR
"""Seconds between two evaluations of windows of hours and days."""
TICK = 5 * 60 // FACTOR
"""Seconds between two cursors."""
PER_SECOND = 100
BURST = DAY * PER_SECOND // 5
"""Tokens that are counted while Prometheus is dead: a fifth of a day's."""
WHILE_DEAD = TICK + 1
"""Seconds: longer than the window of the recorded increases and the time between two cursors, 5 minutes divided."""
NEW_TOKENS = 50_000
"""Those of a tenant whose first request comes while Prometheus is dead; it has no other."""
TOLERANCE = 0.005
LABELS = {"platform": "production", "tenant_id": "a", "route": "/chat", "service": "s", "model": "m"}
COUNTER = AI_TOKENS_INPUT.name
CURSOR = f"tenant_id_route_service_model:{COUNTER}:cursor"
GROWTH = "tenant_id_model_direction:ai_tokens:growth"
LEVELS = ("tenant_id_direction", "model_direction", "tenant_id_model_direction")
CUMULATIVE = 2
"""OTLP's temporality of counters that grow."""


@dataclass
class Tokens:
    """A counter of tokens. `start` is when it began, in seconds since 1970; `counted` are its values by the time of
    their samples."""

    start: int
    total: int = 0
    labels: Mapping[str, str] = field(default_factory=lambda: LABELS)
    counted: dict[float, int] = field(default_factory=dict)

    def push(self, prometheus: DeployedPrometheus) -> None:
        """Send the counter's value as the Workers do, by OTLP."""
        now = time.time_ns()
        attributes = [{"key": name, "value": {"stringValue": text}} for name, text in self.labels.items()]
        stamp = {"startTimeUnixNano": str(self.start * 10**9), "timeUnixNano": str(now)}
        point = {"attributes": attributes, **stamp, "asInt": str(self.total)}
        counter = {"aggregationTemporality": CUMULATIVE, "isMonotonic": True, "dataPoints": [point]}
        metrics = [{"name": COUNTER, "sum": counter}]
        document = {"resourceMetrics": [{"resource": {}, "scopeMetrics": [{"metrics": metrics}]}]}
        headers = {"Content-Type": "application/json"}
        address = f"{prometheus.url}/api/v1/otlp/v1/metrics"
        OPENER.open(urllib.request.Request(address, json.dumps(document).encode(), headers), timeout=TIMEOUT).close()
        self.counted[now / 1e9] = self.total

    def run(self, prometheus: DeployedPrometheus, seconds: int, idle: Sequence[Tokens] = ()) -> None:
        """Count and push every second, and push the counters that are idle, as Workers push all that they have."""
        for _ in range(seconds):
            time.sleep(1)
            self.total += PER_SECOND
            for tokens in (self, *idle):
                tokens.push(prometheus)

    def at(self, moment: float) -> int:
        """The value of the last sample before a moment."""
        return self.counted[max(time for time in self.counted if time <= moment)]


def history(tokens: Tokens, data: Path) -> None:
    """Write the samples of the day before now, one a second, and what rules recorded of them."""
    samples: dict[str, list[str]] = {COUNTER: [], CURSOR: [], GROWTH: []}
    last = 0
    for moment in range(tokens.start, int(time.time())):
        tokens.total += PER_SECOND
        tokens.counted[moment] = tokens.total
        samples[COUNTER].append(f"{tokens.total} {moment}")
        if moment % TICK == 0:
            samples[CURSOR].append(f"{tokens.total} {moment}")
            samples[GROWTH].append(f"{tokens.total - last} {moment}")
            last = tokens.total
    lines: list[str] = []
    for name, of_name in samples.items():
        labels = {"platform": "production", "tenant_id": "a", "model": "m", "direction": "input"}
        text = ",".join(f'{label}="{value}"' for label, value in (labels if name == GROWTH else LABELS).items())
        lines += [f"# TYPE {name} unknown", *(f"{name}{{{text}}} {sample}" for sample in of_name)]
    file = data.with_name("history.txt")
    file.write_text("\n".join([*lines, "# EOF", ""]), encoding="utf-8")
    command = [str(find_promtool()), "tsdb", "create-blocks-from", "openmetrics", str(file), str(data)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)


@contextmanager
def running(folder: Path) -> Iterator[tuple[Tokens, DeployedPrometheus]]:
    """A Prometheus with the shipped rules and the day before now."""
    out, tokens = folder / "out", Tokens(int(time.time()) - DAY - 5 * 60)
    changes = {
        "prometheus": {"push_interval_seconds": FACTOR, "scrape_interval_seconds": FACTOR},
        "notifications": {"page": {"group_wait": f"{FACTOR}s"}},
    }
    build(platform_file(folder, "production", changes), out, time_lapse=FACTOR)
    history(tokens, folder / "data")
    os.environ.setdefault("PROMETHEUS_REPLICA", "a")
    with deployed_prometheus((out / PROMETHEUS_CONFIG).parent, folder / "data") as prometheus:
        yield tokens, prometheus


def last_recorded(prometheus: DeployedPrometheus, level: str) -> float:
    """When an amount was last recorded, in seconds since 1970; 0 if it never was."""
    return max(prometheus.values(f"max(timestamp({level}:ai_tokens:amount1d))").values(), default=0)


def recorded(prometheus: DeployedPrometheus, level: str) -> tuple[float, float]:
    """The amount that was recorded last, and when."""
    moment = last_recorded(prometheus, level)
    (amount,) = prometheus.values(f'sum({level}:ai_tokens:amount1d{{direction="input"}})', moment).values()
    return moment, amount


def evidence(prometheus: DeployedPrometheus) -> str:
    """What explains a wrong amount: the cursors and the growth of the last ticks."""
    queries = (f"{CURSOR}[{12 * TICK}s]", f"{GROWTH}[{12 * TICK}s]")
    return "\n".join(f"{query}: {prometheus.get('query', query=query)['result']}" for query in queries)


def test_amounts_of_a_day_survive_kills(tmp_path: Path) -> None:
    """SIGKILL while tokens are counted, a fifth of the day's tokens while Prometheus is dead, and SIGKILL once more
    after these have arrived: the recorded amount of the day is what was counted, by tenant, by model and by both. A
    tenant that came meanwhile has all of its tokens: Prometheus puts a 0 at the start of its series."""
    with running(tmp_path) as (tokens, prometheus):
        tokens.run(prometheus, 5)
        prometheus.stop(signal.SIGKILL)
        time.sleep(WHILE_DEAD)
        tokens.total += BURST
        new = Tokens(int(time.time()) - TICK // 2, NEW_TOKENS, {**LABELS, "tenant_id": "new", "model": "new"})
        prometheus.start()
        new.push(prometheus)
        tokens.run(prometheus, 2, [new])
        prometheus.stop(signal.SIGKILL)
        prometheus.start()
        restarted, deadline = time.time(), time.monotonic() + TIMEOUT
        # On a busy machine, the first evaluations after a restart are late.
        while min(last_recorded(prometheus, level) for level in LEVELS) <= restarted + TICK + RULES_EVERY:
            assert time.monotonic() < deadline, evidence(prometheus)
            tokens.run(prometheus, RULES_EVERY, [new])
        for level in LEVELS:
            moment, amount = recorded(prometheus, level)
            truth = tokens.at(moment) - tokens.at(moment - DAY) + NEW_TOKENS
            assert truth > DAY * PER_SECOND + BURST / 2
            assert amount == pytest.approx(truth, rel=TOLERANCE), evidence(prometheus)
        of_new = 'sum(tenant_id_direction:ai_tokens:amount1d{tenant_id="new"})'
        assert [*prometheus.values(of_new).values()] == [NEW_TOKENS], evidence(prometheus)
