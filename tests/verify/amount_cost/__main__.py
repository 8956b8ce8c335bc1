"""`python -m generator.run tests.verify.amount_cost [TENANTS] [SECONDS]`: the CPU seconds that Prometheus needs to
record the amounts of tokens over hours and days for so many tenants (10,000), of whom samples arrive so often (every
15 s), and the samples that it holds at once; beside what increases of the raw counters and sums of 5-minute increases
needed. With `--costs`, the same of the cost of a day in dollars, beside increases of the raw counters."""

from __future__ import annotations

import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from generator.config.load import load
from generator.definitions import load_definitions
from generator.frozen import frozen
from generator.lowering.amounts import OPERATION
from generator.lowering.growth import GROWTH, PARTS, operation
from generator.lowering.lower import lower
from generator.option_parser import ProblemParser, run_module
from generator.pipeline import TEST_PLATFORM
from generator.rendering import promql
from tests.e2e.prometheus import OPENER, TIMEOUT, DeployedPrometheus, deployed_prometheus
from tests.verify.amount_cost.series import COUNTERS, write_day
from tests.verify.amount_cost.units import ROUTES, UNITS, write_day_of_units

ROUNDS = 3
TOKENS, COSTS, DAY_OF_COSTS = ":ai_tokens", ":cost:", "dollars1d"
CONFIGURATION = "# --storage.tsdb.retention.time=10y\nglobal: {}\n"
CPU_SECONDS = "process_cpu_seconds_total"
TENANT_TOKENS = "tenant_id_direction:ai_tokens:increase5m"
INCREASES = tuple(
    (120, f"sum by ({labels}) (increase({counter.name}[{window}]))")
    for labels, window in (("tenant_id", "18h"), ("tenant_id, model", "1d"))
    for counter in COUNTERS.values()
)
"""What recorded amounts of hours and days until they were sums of growth: seconds between evaluations, and
expressions."""
SUMS = (
    (30, f"sum_over_time({TENANT_TOKENS}[1h:5m])"),
    (120, f"sum_over_time({TENANT_TOKENS}[18h:5m])"),
    (120, f"sum_over_time({TENANT_TOKENS}[1d:5m])"),
    (120, "sum_over_time(tenant_id_model_direction:ai_tokens:increase5m[1d:5m])"),
)
"""What recorded the same amounts until they were read from the counters. Those by model alone read few series."""
INCREASES_OF_UNITS = tuple((120, f"sum by (tenant_id) (increase({counter.name}[1d]))") for counter in UNITS)
"""What recorded the cost of a day until it was a sum of growth, without the prices, and without tokens."""


@frozen
class Rule:
    """A rule as Prometheus evaluates it: what it records, the seconds between evaluations, and the expression."""

    name: str
    interval: int
    expression: str


@frozen
class Cost:
    """What an evaluation costs: CPU seconds, and the samples that Prometheus holds at once."""

    seconds: float
    peak: int


def main() -> int:
    """Print the cost of each rule, and of all of them in percent of a core."""
    parser = ProblemParser(prog="python -m tests.verify.amount_cost", description="Measure recorded amounts.")
    parser.add_argument("tenants", nargs="?", type=int, default=10_000, metavar="TENANTS", help="(default: 10,000)")
    parser.add_argument("seconds", nargs="?", type=int, default=15, metavar="SECONDS", help="(default: 15)")
    parser.add_argument("--costs", action="store_true", help="measure the cost of a day in dollars")
    arguments = parser.parse_args()
    tenants, seconds, of_costs = arguments.tenants, arguments.seconds, arguments.costs
    series, what = (ROUTES * len(UNITS), "billed units") if of_costs else (len(COUNTERS), "tokens")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        write = write_day_of_units if of_costs else write_day
        now = write(load(TEST_PLATFORM), tenants, seconds, data)
        (Path(folder) / "prometheus.yaml").write_text(CONFIGURATION, encoding="utf-8")
        with deployed_prometheus(Path(folder), data) as prometheus:
            print(f"{tenants:,} tenants, {series * tenants:,} raw series of {what}, a sample every {seconds} s")
            rules_by_title = compared_costs() if of_costs else compared()
            shares = {title: report(prometheus, title, rules, now) for title, rules in rules_by_title}
    shipped, *others = shares
    for title in others:
        print(f"{shares[shipped] / shares[title]:.2f} times what {title} cost")
    return 0


def compared() -> Iterator[tuple[str, Sequence[Rule]]]:
    """The shipped rules that record amounts of tokens, and what they replaced."""
    lowered = lower(load(TEST_PLATFORM), load_definitions())
    shipped = [
        Rule(rule.name, rule.interval.seconds, promql.text(rule.expression))
        for rule in lowered.recording_rules
        if TOKENS in rule.name and (operation(rule.name) in (GROWTH, *PARTS) or _is_amount(rule.name))
    ]
    of_hour = [rule for rule in shipped if _is_amount(rule.name) and "increase(" in rule.expression]
    yield "sums of growth", shipped
    yield "increases of the raw counters", [*of_hour, *(Rule(text, interval, text) for interval, text in INCREASES)]
    yield "sums of 5-minute increases", [Rule(text, interval, text) for interval, text in SUMS]


def compared_costs() -> Iterator[tuple[str, Sequence[Rule]]]:
    """The shipped rules that record the cost of a day, and what they replaced. Cursors of tokens are among the rules of
    their amounts."""
    lowered = lower(load(TEST_PLATFORM), load_definitions())
    counters = {counter.name for counter in UNITS}
    yield (
        "sums of growth in dollars",
        [
            Rule(rule.name, rule.interval.seconds, promql.text(rule.expression))
            for rule in lowered.recording_rules
            if (COSTS in rule.name and operation(rule.name) in (GROWTH, DAY_OF_COSTS))
            or (operation(rule.name) in PARTS and rule.name.split(":")[1] in counters)
        ],
    )
    yield "increases of the raw counters", [Rule(text, interval, text) for interval, text in INCREASES_OF_UNITS]


def _is_amount(name: str) -> bool:
    return operation(name).startswith(OPERATION)


def report(prometheus: DeployedPrometheus, title: str, rules: Sequence[Rule], now: int) -> float:
    """Print the cost of each rule; return that of all, in percent of a core."""
    print(f"\n{title}:")
    total, peak = 0.0, 0
    for rule in rules:
        costs = [cost(prometheus, rule.expression, now) for _ in range(ROUNDS)]
        seconds = min(each.seconds for each in costs)
        total += 100 * seconds / rule.interval
        peak = max(peak, costs[0].peak)
        print(f"  {seconds:6.2f} CPU s every {rule.interval:3} s, {costs[0].peak:9,} samples  {rule.name}")
    print(f"  together {total:.1f} % of a core, at most {peak:,} samples at once")
    return total


def cost(prometheus: DeployedPrometheus, expression: str, now: int) -> Cost:
    """The cost of one evaluation, and of writing its result as JSON."""
    before = cpu_seconds(prometheus)
    result = prometheus.get("query", query=expression, time=now, stats="all")
    return Cost(cpu_seconds(prometheus) - before, result["stats"]["samples"]["peakSamples"])


def cpu_seconds(prometheus: DeployedPrometheus) -> float:
    """The CPU seconds of the process of Prometheus."""
    with OPENER.open(urllib.request.Request(f"{prometheus.url}/metrics"), timeout=TIMEOUT) as response:
        lines = response.read().decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"{CPU_SECONDS} "))


if __name__ == "__main__":
    sys.exit(run_module(main))
