"""The check that both names of a renamed metric are recorded for long enough."""

from __future__ import annotations

from collections.abc import Iterator

from generator.check import check
from generator.checks.stages import LOWERED
from generator.errors import Problem
from generator.ir.build import Lowered

SECONDS_OF_A_DAY = 86_400


def example(until: str) -> str:
    """A renamed counter, for the page of the check."""
    return f"""
S3_READS = Counter(
    name="s3_reads_total",
    unit=READS_UNIT,
    labels=(TENANT,),
    help="Reads from S3.",
    origin=Extension("documents moved to S3"),
    renamed_from=Renamed("s3_gets_total", since=date(2026, 11, 1), until={until}),
)
"""


@check(
    "contract/rename-too-short",
    stage=LOWERED,
    language="python",
    bad=example("date(2026, 11, 8)"),
    good=example("date(2026, 12, 1)"),
    message="both names are recorded for 7 days, and the longest window has 30; give at least 2026-12-01 as until=",
)
def renames_last_as_long_as_windows(lowered: Lowered) -> Iterator[Problem]:
    """Both names of a renamed metric are recorded for at least the window of the availability SLO, the longest one.

    Rules and dashboards read what was recorded under the earlier name until it is removed. What is recorded under the
    new name must have as long a past by then, or error budgets and graphs would start over.
    """
    needed = -(-lowered.platform.availability.window.seconds // SECONDS_OF_A_DAY)
    contract = lowered.definitions.contract
    for metric in contract.metrics:
        renamed = metric.renamed_from
        if renamed is not None and renamed.days < needed:
            what = f"both names are recorded for {renamed.days} days, and the longest window has {needed}"
            hint = f"give at least {renamed.day_after(needed)} as until="
            yield Problem(contract.place_of(metric), what, hint)
