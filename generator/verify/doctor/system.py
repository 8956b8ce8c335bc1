"""What the servers of a running system have answered, as data that the checks read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from generator.frozen import frozen
from generator.verify.drift.difference import Difference

Labels = Mapping[str, str]


@frozen
class Sample:
    """A series of an answer: its labels, and its value."""

    labels: Labels
    value: float

    @property
    def name(self) -> str:
        """The name of the series; empty for a result without one."""
        return self.labels.get("__name__", "")


@frozen
class Heartbeats:
    """The heartbeats of a service from one shard: their times in seconds since 1970, and their values at these."""

    labels: Labels
    times: Sequence[float]
    values: Sequence[float]

    @property
    def service(self) -> str:
        """The service that reports."""
        return self.labels.get("service", "")

    @property
    def intervals(self) -> list[float]:
        """The seconds between one heartbeat and the next."""
        return [after - before for before, after in zip(self.times, self.times[1:], strict=False)]


@frozen
class EvaluatedRule:
    """A rule as it was last evaluated: its name, its error (empty: none), and the labels of the alerts that fire."""

    name: str
    is_alert: bool
    error: str
    firing: Sequence[Labels] = ()


@frozen
class EvaluatedGroup:
    """A group of rules: its interval and the duration of its last evaluation in seconds, and when that was, in seconds
    since 1970 (0: never)."""

    name: str
    interval: float
    duration: float
    evaluated_at: float
    rules: Sequence[EvaluatedRule]


@frozen(eq=False)
class PrometheusState:
    """What a Prometheus has answered. `version` is empty for another server with its API; `has_metricsql` says that it
    is VictoriaMetrics. `time` is its clock in seconds since 1970. `features` is None where it does not show its flags;
    `retention` is in seconds, None where it is unknown or unlimited. `names` are those of the platform's series;
    `vectors` are results by the name of the query."""

    version: str
    has_metricsql: bool
    time: float
    features: frozenset[str] | None
    retention: float | None
    names: frozenset[str]
    label_names: frozenset[str]
    types: Mapping[str, str]
    models: frozenset[str]
    tenants: frozenset[str]
    heartbeats: Sequence[Heartbeats]
    groups: Sequence[EvaluatedGroup]
    alertmanagers: Sequence[str]
    vectors: Mapping[str, Sequence[Sample]] = field(default_factory=dict)

    def vector(self, query: str) -> Sequence[Sample]:
        """The result of a query; empty where the server has refused it."""
        return self.vectors.get(query, ())


@frozen
class KnownAlert:
    """An alert as Alertmanager knows it: its receivers, and what silences or inhibits it."""

    labels: Labels
    receivers: Sequence[str]
    muted_by: Sequence[str]


@frozen
class AlertmanagerState:
    """The version of an Alertmanager, and the Watchdogs that it knows."""

    version: str
    watchdogs: Sequence[KnownAlert]


@frozen
class GrafanaState:
    """The version of a Grafana (empty: hidden), and the interval of the data source in seconds (None: unknown)."""

    version: str
    data_source_interval: float | None


@frozen(eq=False)
class System:
    """A running system: its Prometheus, the other servers where they are named, and how they differ from the output."""

    prometheus: PrometheusState
    alertmanager: AlertmanagerState | None = None
    grafana: GrafanaState | None = None
    differences: Sequence[Difference] = ()
