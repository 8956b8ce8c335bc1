"""Writes docs/small-tenants.md: the figures of the condition over random traffic. Ends with status 1 where one of them
exceeds its limit."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
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
    DAY,
    INCIDENT,
    RATES,
    SEEDS,
    FalseTickets,
    IncidentFigures,
    false_tickets,
    incident_figures,
    incidents,
)
from tests.verify.chance.kinds import ERRORS, KINDS, Kind

PAGE = Path(__file__).parents[3] / "docs/small-tenants.md"
COMPARED_OF_EACH = {ERRORS.name: 40}
"""Tenants of each size whose tickets promtool finds, too: 560 in all, and 140 of each other kind, without those that
depend on rounding."""
OTHER_COMPARED = 10
FEWEST_COMPARED = {kind: 500 if kind == ERRORS.name else 100 for kind in KINDS}
INTRODUCTION = """# Small tenants and noise

Figures of `too_many_to_be_chance` and `too_slow_to_be_chance` over random traffic. `make test-chance` writes this page,
and fails where a limit is exceeded, or where promtool, with the rules of the tests' own platform, finds other tickets
for one of more than 500 tenants whose requests fail, or of more than 100 tenants of each other kind. Tenants are not
compared if their alert depends on how a sum that is equal to a limit is rounded. [DESIGN.md](../DESIGN.md) has the
reasons for the condition. Calls to models are judged as requests are, with the same threshold: their figures are those
of failing requests for other random numbers.

Limits of incidents: 20 failures where all events fail, or 30 % of 2 a minute; 1 ticket in the median, 1.3 on average;
the end after the last failure within 45 minutes (median) from 2 events a minute on, within 95 minutes (95th percentile)
below. Minutes and failures are medians until the ticket.

Limits of false tickets per 10,000 days of a tenant: 10 at half of the threshold, 500 at 80 % of it, 500 where a 25th of
the threshold of all operations fails, with five retries each.
"""
SECTION = """
## {title}

The threshold is {threshold:g} %. Each row and seed has {tenants:,} incidents, which are {incident_days:,} days of
tenants, or {days:,} days of healthy tenants.

| {events} a minute | {fail} | seed | minutes | failures | tickets | end, median | end, p95 | not found |
|---|---|---|---|---|---|---|---|---|
"""
HEALTHY = """
| {events} a minute | seed | half of the threshold | 80 % of it | retries |
|---|---|---|---|---|
"""


def title(kind: Kind) -> str:
    """The heading of a kind's section."""
    return f"{kind.events.capitalize()} that {kind.fail}"


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


def section(kind: Kind, tenants: int, days: int, seeds: Sequence[int], problems: list[str]) -> str:
    """The section of a kind; exceeded limits are added to `problems`."""
    values = {"events": kind.events, "fail": kind.fail}
    numbers = {"tenants": tenants, "incident_days": tenants * INCIDENT // DAY, "days": days}
    text = SECTION.format(**values, **numbers, title=title(kind), threshold=kind.threshold * 100)
    for rate, share in incidents(kind):
        for seed in seeds:
            incident = incident_figures(kind, rate, share, seed, tenants)
            text += incident_row(incident)
            problems += incident.problems()
            print(incident_row(incident), end="", flush=True)
    text += HEALTHY.format(**values)
    for rate in RATES:
        for seed in seeds:
            healthy = false_tickets(kind, rate, seed, days)
            text += healthy_row(healthy)
            problems += healthy.problems()
            print(healthy_row(healthy), end="", flush=True)
    return text


def written_section(kind: Kind) -> str:
    """The section of a kind as it is in the page."""
    kept = re.search(rf"\n## {re.escape(title(kind))}\n.*?(?=\n## |\Z)", PAGE.read_text(encoding="utf-8"), re.S)
    return kept.group(0).rstrip("\n") + "\n" if kept else ""


def disagreements(kinds: Sequence[Kind]) -> Iterator[str]:
    """What promtool finds that the figures do not."""
    lowered, promtool = lower(load(TEST_PLATFORM), load_definitions()), Promtool(find_promtool())
    for kind in kinds:
        with tempfile.TemporaryDirectory() as folder:
            traffic = random_tenants(kind, 1, COMPARED_OF_EACH.get(kind.name, OTHER_COMPARED))
            print(f"{kind.name}: {traffic.tenants} tenants are compared with promtool", flush=True)
            if traffic.tenants < FEWEST_COMPARED[kind.name]:
                yield f"{kind.name}: only {traffic.tenants} tenants are compared with promtool"
            for difference in differences(traffic, lowered, promtool, Path(folder)):
                yield f"{kind.name}: promtool disagrees: {difference}"


def main() -> int:
    """Write the page. Returns the exit status."""
    parser = ProblemParser(prog="python -m tests.verify.chance", description=__doc__)
    parser.add_argument("--tenants", type=int, default=15_000, help="incidents for each row and seed")
    parser.add_argument("--days", type=int, default=10_000, help="days of healthy tenants for each row and seed")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="how many seeds (default: %(default)s)")
    parser.add_argument("--only", choices=KINDS, help="write the section of one kind, and keep the others")
    arguments = parser.parse_args()
    selected = [KINDS[arguments.only]] if arguments.only else list(KINDS.values())
    problems: list[str] = []
    text = INTRODUCTION
    for kind in KINDS.values():
        if kind in selected:
            text += section(kind, arguments.tenants, arguments.days, SEEDS[: arguments.seeds], problems)
        else:
            text += written_section(kind)
    problems += disagreements(selected)
    PAGE.write_text(text, encoding="utf-8")
    print("\n".join(problems), file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(run_module(main))
