"""Writes docs/small-tenants.md: the figures of the condition over random traffic. Ends with status 1 where one of them
exceeds its limit."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from generator.config.load import load
from generator.definitions import load_definitions
from generator.external.find import find_promtool
from generator.external.promtool import Promtool
from generator.lowering.lower import lower
from generator.option_parser import ProblemParser, run_module
from generator.pipeline import TEST_PLATFORM
from tests.verify.chance.compared import differences, random_tenants
from tests.verify.chance.figures import (
    INCIDENTS,
    RATES,
    SEEDS,
    FalseTickets,
    IncidentFigures,
    false_tickets,
    incident_figures,
)

PAGE = Path(__file__).parents[3] / "docs/small-tenants.md"
COMPARED_OF_EACH = 36
"""Tenants of each kind whose tickets promtool finds, too: 504 in all."""
INTRODUCTION = """# Small tenants and noise

Figures of `too_many_to_be_chance` over random traffic, with a threshold of 5 %: {tenants:,} incidents and {days:,}
days of healthy tenants for each row and seed. `make test-chance` writes this page, and fails where a limit is exceeded.
[DESIGN.md](../DESIGN.md) has the reasons for the condition.

## Incidents of six hours

Medians until the ticket. Limits: 20 failures where all requests fail, or 30 % of 2 a minute; 1 ticket in the median,
1.3 on average; the end after the last failure within 45 minutes (median) from 2 requests a minute on, within 95 minutes
(95th percentile) below.

| requests a minute | fail | seed | minutes | failures | tickets | end, median | end, p95 | not found |
|---|---|---|---|---|---|---|---|---|
"""
HEALTHY = """
## False tickets per 10,000 days of a tenant

Limits: 10 at half of the threshold, 500 at 80 % of it, 500 where 0.2 % of the operations fail with five retries each.

| requests a minute | seed | half of the threshold | 80 % of it | retries |
|---|---|---|---|---|
"""


def incident_row(figures: IncidentFigures) -> str:
    """A row of the table of incidents."""
    ends = f"{figures.end:.0f} | {figures.late_end:.0f}"
    return (
        f"| {figures.rate:g} | {figures.share * 100:g} % | {figures.seed} | {figures.delay:.0f} "
        f"| {figures.failures:.0f} | {figures.tickets:.2f} | {ends} | {figures.missed * 100:.1f} % |\n"
    )


def healthy_row(figures: FalseTickets) -> str:
    """A row of the table of false tickets."""
    return f"| {figures.rate:g} | {figures.seed} | {figures.half:.0f} | {figures.close:.0f} | {figures.retries:.0f} |\n"


def main() -> int:
    """Write the page. Returns the exit status."""
    parser = ProblemParser(prog="python -m tests.verify.chance", description=__doc__)
    parser.add_argument("--tenants", type=int, default=2_000, help="incidents for each row and seed")
    parser.add_argument("--days", type=int, default=10_000, help="days of healthy tenants for each row and seed")
    arguments = parser.parse_args()
    text = INTRODUCTION.format(tenants=arguments.tenants, days=arguments.days)
    problems: list[str] = []
    for rate, share in INCIDENTS:
        for seed in SEEDS:
            incident = incident_figures(rate, share, seed, arguments.tenants)
            text += incident_row(incident)
            problems += incident.problems()
            print(incident_row(incident), end="", flush=True)
    text += HEALTHY
    for rate in RATES:
        for seed in SEEDS:
            healthy = false_tickets(rate, seed, arguments.days)
            text += healthy_row(healthy)
            problems += healthy.problems()
            print(healthy_row(healthy), end="", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        lowered = lower(load(TEST_PLATFORM), load_definitions())
        different = differences(random_tenants(1, COMPARED_OF_EACH), lowered, Promtool(find_promtool()), Path(folder))
    problems += [f"promtool disagrees: {difference}" for difference in different]
    PAGE.write_text(text, encoding="utf-8")
    print("\n".join(problems), file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(run_module(main))
