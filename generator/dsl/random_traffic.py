"""Random traffic for alert tests: independent events, the same ones in every build."""

from __future__ import annotations

import math
from fractions import Fraction
from random import Random

from generator.dsl.alert_test import RandomCounts
from generator.dsl.arguments import require_duration
from generator.dsl.units import Duration, ExactNumber, exact
from generator.errors import DefinitionError


def random_traffic(
    per_minute: ExactNumber, share: ExactNumber, duration: Duration, seed: int
) -> tuple[RandomCounts, RandomCounts]:
    """Return the events of a Poisson process with a rate, and those of them that fail, each with the probability
    `share`. Equal seeds give equal events. Raises DefinitionError for a rate or a share that cannot be."""
    rate, failing = exact(per_minute), exact(share)
    require_duration(duration, "random_traffic(…)")
    if rate <= 0 or duration.seconds % 60:
        raise DefinitionError("random traffic needs a rate above 0 and whole minutes", "write random_traffic(2, …)")
    if not 0 <= failing <= 1:
        raise DefinitionError(f"a share of {share} fails", "give a number from 0 to 1")
    source = Random(seed)
    events = tuple(_poisson(float(rate), source) for _ in range(duration.seconds // 60))
    failures = tuple(sum(source.random() < failing for _ in range(count)) for count in events)
    return RandomCounts(rate, events), RandomCounts(rate * Fraction(failing), failures)


def _poisson(mean: float, source: Random) -> int:
    """A number of independent events of which `mean` are expected: how many exponential times are in one unit."""
    count, time = 0, -math.log(1 - source.random()) / mean
    while time < 1:
        count += 1
        time -= math.log(1 - source.random()) / mean
    return count
