"""What the gateway drops: everything but the contract's metrics, with their types, labels and values.

Conditions are those of the Collector's filter processor, in OTTL; what one of them is true for is dropped. They have no
backslashes, which OTTL's texts and YAML would both read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from generator.dsl.contract import Contract
from generator.dsl.label_values import is_closed, values_of
from generator.dsl.labels import Label
from generator.dsl.metrics import Counter, Gauge, Histogram, Metric
from generator.dsl.platform import Platform
from generator.frozen import frozen
from generator.lowering.identity import identity_names

RESOURCE = {"service.name": "workers"}
"""The attributes of a push, beside `service.instance.id`, which is the shard. Prometheus makes labels of both."""
SHARD = 'resource.attributes["service.instance.id"]'
CUMULATIVE = "aggregation_temporality != AGGREGATION_TEMPORALITY_CUMULATIVE"
WRONG_TYPE: dict[type[Metric], str] = {
    Counter: f"type != METRIC_DATA_TYPE_SUM or is_monotonic != true or {CUMULATIVE}",
    Histogram: f"type != METRIC_DATA_TYPE_HISTOGRAM or {CUMULATIVE}",
    Gauge: "type != METRIC_DATA_TYPE_GAUGE",
}
ANY_VALUE = "[^[:cntrl:]]{1,128}"
SPECIAL = frozenset(".*+?()[]{}|^$")
"""The characters that mean something in a regular expression, and are allowed in names."""


@frozen
class Conditions:
    """What is dropped: metrics, and points of the others."""

    metrics: tuple[str, ...]
    points: tuple[str, ...]


def contract_filter(platform: Platform, contract: Contract) -> Conditions:
    """The conditions of a platform: metrics of other names or types, points with other labels, values or bounds."""
    pushed = [
        metric for metric in contract.metrics if not (isinstance(metric, Gauge) and metric.recorded_from is not None)
    ]
    names = {metric: _pushed_names(metric, platform) for metric in pushed}
    of_metrics = [f"not {one_of('name', (name for metric in pushed for name in names[metric]))}"]
    for kind, wrong in WRONG_TYPE.items():
        if of_kind := [name for metric in pushed if type(metric) is kind for name in names[metric]]:
            of_metrics.append(f"{one_of('name', of_kind)} and ({wrong})")
    points = [_wrong_resource()]
    for labels, members in groupby(sorted(pushed, key=_label_names), key=lambda metric: metric.labels):
        of_labels = [name for metric in members for name in names[metric]]
        points.append(f"{one_of('metric.name', of_labels)} and ({' or '.join(_wrong_labels(labels, platform))})")
    points += _wrong_bounds(pushed, platform)
    return Conditions(tuple(of_metrics), tuple(points))


def one_of(path: str, values: Iterable[str]) -> str:
    """The condition that the text of a path is one of these values."""
    return _matches(path, "|".join(map(literal, values)))


def literal(text: str) -> str:
    """The regular expression of a text. The Collector reads a single `$` in its configuration as a variable."""
    return "".join(f"[{'$$' if each == '$' else each}]" if each in SPECIAL else each for each in text)


def _matches(path: str, pattern: str) -> str:
    return f'IsMatch({path}, "^(?:{pattern})$$")'


def _pushed_names(metric: Metric, platform: Platform) -> tuple[str, ...]:
    """The names under which Workers push a metric: during a rename, the earlier one too."""
    earlier = (metric.renamed_from.name,) if metric.renamed_from is not None else ()
    return tuple(f"{platform.metric_prefix}{name}" for name in (metric.name, *earlier))


def _label_names(metric: Metric) -> tuple[str, ...]:
    return tuple(label.name for label in metric.labels)


def _wrong_resource() -> str:
    attributes = [f'resource.attributes["{name}"] != "{value}"' for name, value in RESOURCE.items()]
    shard = f"not {_matches(SHARD, ANY_VALUE)}"
    return " or ".join((f"Len(resource.attributes) != {len(RESOURCE) + 1}", *attributes, shard))


def _wrong_labels(labels: Iterable[Label], platform: Platform) -> Iterator[str]:
    """The parts of a condition that is true for a point with other labels, or with a value that a label cannot have."""
    identity = identity_names(platform)
    own = [label for label in labels if label.name not in identity]
    yield f"Len(attributes) != {len(own) + len(identity)}"
    for name, value in identity.items():
        yield f"not {_matches(_attribute(name), literal(value))}"
    for label in own:
        values = "|".join(map(literal, values_of(label, platform))) if is_closed(label) else ANY_VALUE
        yield f"not {_matches(_attribute(label.name), values)}"


def _attribute(name: str) -> str:
    return f'attributes["{name}"]'


def _wrong_bounds(metrics: Iterable[Metric], platform: Platform) -> Iterator[str]:
    """Points of histograms with another number of bounds, which would be other series."""
    for metric in metrics:
        if isinstance(metric, Histogram):
            names = one_of("metric.name", _pushed_names(metric, platform))
            yield f"{names} and Len(explicit_bounds) != {len(metric.buckets)}"
