"""A panel before and after: its two pictures, why they may differ, and what is to be said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.view.diff.comparison import Change
from generator.view.diff.dependencies import ground
from generator.view.diff.snapshot import Key, Side


@dataclass(frozen=True)
class Shot:
    """A panel as it looks on a light and on a dark ground: PNGs in base64, shown in `width` by `height` pixels.

    `state` is drawn, empty or failed; `said` is what a panel says that failed.
    """

    light: str
    dark: str
    width: int
    height: int
    state: str = "drawn"
    said: str = ""


@dataclass(frozen=True)
class Pair:
    """A panel that may look different, why, and its pictures; there is none on a side where there is no such panel."""

    key: Key
    place: str
    why: tuple[str, ...]
    before: Shot | None
    after: Shot | None
    remarks: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether its pictures are the same in every point."""
        return self.before is not None and self.before == self.after


def reasons(changes: Sequence[Change]) -> dict[Key, tuple[str, ...]]:
    """The panels that may look different, each with what may have changed it."""
    found: dict[Key, list[str]] = {}
    for change in changes:
        for key in change.panels:
            found.setdefault(key, []).extend(_reason(change))
    return {key: tuple(why) for key, why in found.items()}


def _reason(change: Change) -> Iterator[str]:
    if change.kind == "panel":
        yield from change.how or (change.what.rpartition(" ")[2],)
    else:
        first = next((part for part in change.how if not part.startswith("hits ")), "")
        yield f"{change.kind} {change.what}" + (f": {first}" if first else "")


def paired(
    why: Mapping[Key, tuple[str, ...]], sides: tuple[Side, Side], shots: tuple[Mapping[Key, Shot], Mapping[Key, Shot]]
) -> list[Pair]:
    """The panels with their pictures, in the order of the dashboards, those that are gone at the end."""
    before, after = (side.says.panels for side in sides)
    keys = [key for key in {**after, **before} if key in why]
    return [
        Pair(
            key,
            (after.get(key) or before[key]).place,
            why[key],
            shots[0].get(key),
            shots[1].get(key),
            tuple(_remarks(key, sides, shots)),
        )
        for key in keys
    ]


def _remarks(key: Key, sides: tuple[Side, Side], shots: tuple[Mapping[Key, Shot], Mapping[Key, Shot]]) -> Iterator[str]:
    """What its pictures do not say themselves: what failed, what is empty, and what the day cannot hold."""
    for which, taken in zip(("Before", "After"), shots, strict=True):
        shot = taken.get(key)
        if shot is not None and shot.state == "failed":
            yield f"{which}: it fails: {shot.said}"
        elif shot is not None and shot.state == "empty":
            yield f"{which}: its queries find nothing on the simulated day."
    gone = sorted(_gone(key, *sides)) if key in shots[0] else []
    if gone:
        yield f"Before: it reads {', '.join(gone)}, which today's sources do not emit: the simulated day has none."


def _gone(key: Key, before: Side, after: Side) -> set[str]:
    """The metrics of the old contract that an old panel rests on, and that are in the new contract no more."""
    below = ground(before.says)
    under = {name for query in before.says.panels[key].queries for name in below.under(query)}
    return under & before.says.metrics.keys() - after.says.metrics.keys()
