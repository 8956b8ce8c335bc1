"""Whether Prometheus stores samples for as long as rules look back."""

from __future__ import annotations

from collections.abc import Iterator

from generator.verify.doctor.finding import Evidence, FindingSeverity, Observation, live_check
from generator.verify.doctor.subject import Subject
from generator.verify.doctor.system import System

DAY = 86_400


@live_check(
    "retention",
    FindingSeverity.ERROR,
    reads="the retention that Prometheus shows, and the windows of all rules",
    example="samples are stored for 15 days, and rules read 30 days",
    hint="start Prometheus with the --storage.tsdb.retention.time that the top of prometheus.yaml names",
)
def retention(subject: Subject, system: System) -> Iterator[Observation]:
    """Prometheus stores samples for longer than the longest window of a rule or of an SLO, and for as long as planned.

    An error budget of 30 days that is computed from 15 looks better than it is: what happened before is forgotten.
    Longer than every window, but shorter than planned, is a warning.
    """
    stored = system.prometheus.retention
    if stored is None:
        return
    needed = max(subject.longest_window, subject.platform.availability.window.seconds)
    planned = subject.platform.retention.seconds
    evidence = [Evidence("retention", _days(stored)), Evidence("longest window", _days(needed))]
    evidence.append(Evidence("planned retention", _days(planned)))
    if stored <= needed:
        yield Observation(f"samples are stored for {_days(stored)}, and rules read {_days(needed)}", evidence)
    elif stored < planned:
        what = f"samples are stored for {_days(stored)}, planned are {_days(planned)}"
        yield Observation(what, evidence, severity=FindingSeverity.WARNING)


def _days(seconds: float) -> str:
    return f"{seconds / DAY:.3g} days"
