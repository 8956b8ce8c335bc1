"""The possible values of labels on a platform."""

from __future__ import annotations

from generator.dsl.labels import Label, LabelValues
from generator.dsl.platform import Platform


def is_closed(label: Label) -> bool:
    """Whether the possible values are known at build time."""
    return label.values is not LabelValues.OPEN


def values_of(label: Label, platform: Platform) -> tuple[str, ...]:
    """All values of a closed label, its fallback last; empty for an open label."""
    match label.values:
        case LabelValues.CONTRACT:
            known = label.listed
        case LabelValues.SERVICES:
            known = tuple(platform.services)
        case LabelValues.ROUTES:
            known = platform.routes
        case LabelValues.OPEN:
            return ()
    fallback = (label.fallback,) if label.fallback else ()
    return (*(value for value in known if value not in fallback), *fallback)
