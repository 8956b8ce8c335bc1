"""`python -m generator.run tests.verify.rehearse [TENANTS] [DAYS]`: what it costs to rehearse so many days (7) of so
many tenants (200), with a sample every 30 s: seconds, samples, the CPU seconds of both sides, and the client's memory,
beside the estimate. The rules are rehearsed as they are, and with another error threshold of tenants, which other rules
read.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from generator.config.load import load
from generator.errors import BuildError, Problem
from generator.option_parser import ProblemParser, run_module
from generator.output import RULES_FOLDER
from generator.pipeline import TEST_PLATFORM, build
from generator.verify.replay.history import history
from generator.verify.replay.stages import ReplayRule, load_rules
from generator.verify.simulation.clock import DAY, Clock
from generator.verify.simulation.incident import Incident, IncidentKind
from generator.verify.simulation.progress import reported_progress
from generator.verify.simulation.simulation import SimulationPlan, simulate
from tests.verify.rehearse.measured import Measured, measured_rehearsal

STEP = 30
THRESHOLD, OTHER_THRESHOLD = "0.05 * group", "0.08 * group"
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Measure, and print a line for both. Raises BuildError for a wrong argument."""
    parser = ProblemParser(prog="python -m tests.verify.rehearse", description="Measure a rehearsal.")
    parser.add_argument("tenants", nargs="?", type=int, default=200, metavar="TENANTS", help="(default: 200)")
    parser.add_argument("days", nargs="?", type=int, default=7, metavar="DAYS", help="(default: 7)")
    arguments = parser.parse_args()
    tenants, days = arguments.tenants, arguments.days
    if min(tenants, days) < 1:
        what, hint = "there is nothing to rehearse", "give at least one tenant and one day"
        raise BuildError([Problem(f"python -m tests.verify.rehearse {tenants} {days}", what, hint)])
    outage = Incident(IncidentKind.REQUESTS_FAIL, DAY // 2, 1_200, 0.6, {"route": "/chat"})
    plan = SimulationPlan(load(TEST_PLATFORM), 1, tenants, Clock(length=days * DAY, step=STEP), (outage,))
    with tempfile.TemporaryDirectory() as folder, reported_progress("history") as progress:
        out = Path(folder) / "out"
        build(TEST_PLATFORM, out)
        rules = load_rules(out / RULES_FOLDER)
        with history(simulate(plan, progress), out, cache=Path(folder) / "cache", progress=progress) as server:
            end = float(plan.clock.end)
            for name, edited in (("unchanged", rules), ("another threshold", _edited(rules))):
                before = _cpu_seconds(server.process)
                measured = measured_rehearsal(server.url, edited, rules, end - days * DAY, end)
                measured = replace(measured, server_cpu=_cpu_seconds(server.process) - before)
                print(f"{tenants} tenants, {days} days, {name}: {_line(measured)}", flush=True)
    return 0


def _edited(rules: Sequence[ReplayRule]) -> tuple[ReplayRule, ...]:
    return tuple(
        replace(rule, body={**rule.body, "expr": rule.body["expr"].replace(THRESHOLD, OTHER_THRESHOLD)})
        if rule.series == "tenant_id:error_share:limit" else rule
        for rule in rules
    )  # fmt: skip


def _line(measured: Measured) -> str:
    return (
        f"{measured.seconds:.1f} s (estimated {measured.estimated_seconds:.1f} s), {measured.samples:,} samples "
        f"(estimated {measured.estimated:,}) in {measured.queries} queries; "
        f"CPU of the server {measured.server_cpu:.1f} s, "
        f"of the client {measured.client_cpu:.1f} s; memory of the client {measured.memory:.0f} MB; "
        f"{measured.firings} firings"
    )


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == "__main__":
    sys.exit(run_module(main))
