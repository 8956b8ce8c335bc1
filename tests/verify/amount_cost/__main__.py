"""`python -m generator.run tests.verify.amount_cost [TENANTS] [SECONDS]`: the CPU seconds that Prometheus needs to
record the amounts of tokens over hours and days for so many tenants (10,000), of whom samples arrive so often (every
15 s), beside what sums of 5-minute increases needed."""

from __future__ import annotations

import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from generator.config.load import load
from generator.definitions import load_definitions
from generator.frozen import frozen
from generator.lowering.lower import lower
from generator.option_parser import ProblemParser, run_module
from generator.pipeline import TEST_PLATFORM
from generator.rendering import promql
from tests.e2e.prometheus import OPENER, TIMEOUT, DeployedPrometheus, deployed_prometheus
from tests.verify.amount_cost.series import write_day

ROUNDS = 3
TOKENS, AMOUNT = ":ai_tokens:", "amount"
CONFIGURATION = "# --storage.tsdb.retention.time=10y\nglobal: {}\n"
CPU_SECONDS = "process_cpu_seconds_total"
TENANT_TOKENS = "tenant_id_direction:ai_tokens:increase5m"
BEFORE = (
    (30, f"sum_over_time({TENANT_TOKENS}[1h:5m])"),
    (120, f"sum_over_time({TENANT_TOKENS}[18h:5m])"),
    (120, f"sum_over_time({TENANT_TOKENS}[1d:5m])"),
    (120, "sum_over_time(tenant_id_model_direction:ai_tokens:increase5m[1d:5m])"),
)
"""What recorded the same amounts until they were read from the counters: seconds between evaluations, and expressions.
Those by model alone read few series."""


@frozen
class Rule:
    """A rule as Prometheus evaluates it: what it records, the seconds between evaluations, and the expression."""

    name: str
    interval: int
    expression: str


def main() -> int:
    """Print the cost of each rule, and of all of them in percent of a core."""
    parser = ProblemParser(prog="python -m tests.verify.amount_cost", description="Measure recorded amounts.")
    parser.add_argument("tenants", nargs="?", type=int, default=10_000, metavar="TENANTS", help="(default: 10,000)")
    parser.add_argument("seconds", nargs="?", type=int, default=15, metavar="SECONDS", help="(default: 15)")
    arguments = parser.parse_args()
    tenants, seconds = arguments.tenants, arguments.seconds
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        now = write_day(load(TEST_PLATFORM), tenants, seconds, data)
        (Path(folder) / "prometheus.yaml").write_text(CONFIGURATION, encoding="utf-8")
        with deployed_prometheus(Path(folder), data) as prometheus:
            print(f"{tenants:,} tenants, {2 * tenants:,} raw series of tokens, a sample every {seconds} s")
            shares = [report(prometheus, title, rules, now) for title, rules in compared()]
    new, before = shares
    print(f"{new / before:.2f} times what sums of 5-minute increases cost")
    return 0


def compared() -> Iterator[tuple[str, Sequence[Rule]]]:
    """The shipped rules that record amounts of tokens, and what they replaced."""
    lowered = lower(load(TEST_PLATFORM), load_definitions())
    yield (
        "read from the counters",
        [
            Rule(rule.name, rule.interval.seconds, promql.text(rule.expression))
            for rule in lowered.recording_rules
            if TOKENS in rule.name and rule.name.rpartition(":")[2].startswith(AMOUNT)
        ],
    )
    yield "sums of 5-minute increases", [Rule(text, interval, text) for interval, text in BEFORE]


def report(prometheus: DeployedPrometheus, title: str, rules: Sequence[Rule], now: int) -> float:
    """Print the cost of each rule; return that of all, in percent of a core."""
    print(f"\n{title}:")
    total = 0.0
    for rule in rules:
        seconds = min(cost(prometheus, rule.expression, now) for _ in range(ROUNDS))
        total += 100 * seconds / rule.interval
        print(f"  {seconds:6.2f} CPU s every {rule.interval:3} s  {rule.name}")
    print(f"  together {total:.1f} % of a core")
    return total


def cost(prometheus: DeployedPrometheus, expression: str, now: int) -> float:
    """The CPU seconds of one evaluation, and of writing its result as JSON."""
    before = cpu_seconds(prometheus)
    prometheus.get("query", query=expression, time=now)
    return cpu_seconds(prometheus) - before


def cpu_seconds(prometheus: DeployedPrometheus) -> float:
    """The CPU seconds of the process of Prometheus."""
    with OPENER.open(urllib.request.Request(f"{prometheus.url}/metrics"), timeout=TIMEOUT) as response:
        lines = response.read().decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"{CPU_SECONDS} "))


if __name__ == "__main__":
    sys.exit(run_module(main))
