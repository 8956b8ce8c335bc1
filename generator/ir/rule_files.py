"""Rules with their expressions as text, before they are written as YAML for Prometheus or for Kubernetes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from generator.frozen import frozen


@frozen
class RenderedRule:
    """A recording rule (`kind` is "record") or an alerting rule ("alert"). `for_` and `keep_firing_for` are durations
    or empty; `is_constant` marks a recorded number, which reads no series.
    """

    kind: str
    name: str
    expression: str
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    for_: str = ""
    keep_firing_for: str = ""
    is_constant: bool = False


@frozen
class RenderedGroup:
    """Rules that Prometheus evaluates one after the other, every `interval`."""

    name: str
    interval: str
    rules: tuple[RenderedRule, ...]


@frozen
class RuleFile:
    """A file of `out/prometheus/rules/`; `name` is without the ending. Where the file's name is a namespace among those
    of others, `namespace` comes before it.
    """

    name: str
    groups: tuple[RenderedGroup, ...]
    namespace: str = ""

    @property
    def file_name(self) -> str:
        """The name of the file in the output, without the ending."""
        return f"{self.namespace}-{self.name}" if self.namespace else self.name
