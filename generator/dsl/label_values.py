"""Which values a label can have on a platform."""

from __future__ import annotations

from generator.dsl.labels import Label, Values
from generator.dsl.platform import Platform


def closed(label: Label) -> bool:
    """Whether the label's values are known before anything runs."""
    return label.values is not Values.OPEN


def values_of(label: Label, platform: Platform) -> tuple[str, ...]:
    """All values of a closed label, its fallback last; nothing for an open one."""
    match label.values:
        case Values.CATALOGUE:
            known = label.listed
        case Values.SERVICES:
            known = tuple(platform.services)
        case Values.ROUTES:
            known = platform.routes
        case Values.OPEN:
            return ()
    fallback = (label.fallback,) if label.fallback else ()
    return (*(value for value in known if value not in fallback), *fallback)
