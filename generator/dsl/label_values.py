"""The possible values of labels on a platform."""

from __future__ import annotations

from generator.dsl.labels import Label, LabelValues
from generator.dsl.platform import Platform
from generator.dsl.severity import Severity


def is_closed(label: Label) -> bool:
    """Whether all possible values of the label are known at build time."""
    return label.values is not LabelValues.OPEN


def has_values(label: Label, platform: Platform) -> bool:
    """Whether a label can have any value on a platform, which may name no cluster."""
    return not is_closed(label) or bool(values_of(label, platform))


def values_of(label: Label, platform: Platform) -> tuple[str, ...]:
    """All values of a closed label, with the fallback last; empty for an open label."""
    match label.values:
        case LabelValues.CONTRACT:
            values = label.listed
        case LabelValues.SERVICES:
            values = tuple(platform.services)
        case LabelValues.ROUTES:
            values = platform.routes
        case LabelValues.STORES:
            values = platform.stores
        case LabelValues.PLATFORM:
            values = (platform.name,)
        case LabelValues.CLUSTER:
            values = (platform.cluster,) if platform.cluster else ()
        case LabelValues.SEVERITIES:
            values = tuple(map(platform.severity_name, Severity))
        case LabelValues.OPEN:
            return ()
    fallback = (label.fallback,) if label.fallback else ()
    return (*(value for value in values if value not in fallback), *fallback)
