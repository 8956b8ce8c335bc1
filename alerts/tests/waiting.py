"""Traffic that takes its time: what is counted and what is measured of it agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from generator.dsl.alert_test import InputSeries, Restart, count, input_series, observe
from generator.dsl.labels import Label
from generator.dsl.metrics import Counter, Histogram
from generator.dsl.units import Duration, minutes

Times = Mapping[int, int | float]
"""How many a minute take so many milliseconds."""


@dataclass(frozen=True)
class Spell:
    """A while in which all goes at one pace."""

    times: Times
    duration: Duration


def served(
    counter: Counter, histogram: Histogram, who: Mapping[Label, str], *spells: Spell | Restart
) -> tuple[InputSeries, ...]:
    """All that is served to somebody: one flow counts it, and one for each time that something takes."""
    sizes = sorted({size for spell in spells if isinstance(spell, Spell) for size in spell.times})
    counted = input_series(counter, who, *(x if isinstance(x, Restart) else count(_all(x), x.duration) for x in spells))
    measured = (
        input_series(
            histogram,
            who,
            *(x if isinstance(x, Restart) else observe(x.times.get(size, 0), size, x.duration) for x in spells),
        )
        for size in sizes
    )
    return (counted, *measured)


def _all(spell: Spell) -> str:
    return str(sum(Fraction(str(each)) for each in spell.times.values()))


def always(times: Times) -> Spell:
    """At one pace, as long as any story of latency lasts."""
    return Spell(times, minutes(60))


def from_30_to_50(well: Times, slow: Times) -> tuple[Spell, ...]:
    """Slow for twenty minutes; well before, well after."""
    return Spell(well, minutes(30)), Spell(slow, minutes(20)), Spell(well, minutes(10))


def restarting(before: Times, after: Times) -> tuple[Spell | Restart, ...]:
    """One pace for half an hour, then another, by a reporter that starts anew after 38 and after 43 minutes."""
    return (
        Spell(before, minutes(30)),
        Spell(after, minutes(8)),
        Restart(),
        Spell(after, minutes(5)),
        Restart(),
        Spell(after, minutes(17)),
    )
