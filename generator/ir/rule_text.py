"""Rules as text: what Prometheus reads, before it is written as YAML for Prometheus or for Kubernetes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RuleText:
    """A recording rule (`kind` is "record") or an alerting rule ("alert"). `lasting` and `lingering` are durations,
    or empty."""

    kind: str
    name: str
    expression: str
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    lasting: str = ""
    lingering: str = ""


@dataclass(frozen=True)
class GroupText:
    """Rules that are evaluated one after the other, every `interval`."""

    name: str
    interval: str
    rules: tuple[RuleText, ...]


@dataclass(frozen=True)
class RuleFile:
    """A file of `out/prometheus/rules/`, by its name without the ending."""

    name: str
    groups: tuple[GroupText, ...]
