"""What a build needs to know of the database that stores the series and of the ruler that evaluates the rules.

A backend is a table of facts: `generator/dsl/backends.py` has one of each that a platform file can name. Lowering,
rendering, checks and the pages in `docs/backends` read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from generator.dsl.units import Duration
from generator.frozen import frozen

ROOM_FOR_GROWTH = 50
"""How many rules a group must take for growth: five for each counter of a product, which costs add up."""
TOTAL = "total"
"""What the names of counters end in where suffixes are added."""


class OutputPart(Enum):
    """A part of `out/` that not every backend needs."""

    PROMETHEUS_CONFIG = "the configuration of Prometheus"
    PROVISIONING = "Grafana's files of provisioning"
    KUBERNETES = "Kubernetes objects"


EVERYTHING_ELSE = (OutputPart.PROVISIONING, OutputPart.KUBERNETES)
"""What a backend needs that is started by its own flags, and read by a Grafana and an operator of its users."""


@frozen
class Setting:
    """A flag of a program, or a key of its limits with a value, and why it is needed. `{retention}` stands for the time
    that samples are stored."""

    text: str
    reason: str

    def on(self, retention: str) -> str:
        """The text with the time that samples are stored."""
        return self.text.replace("{retention}", retention)


@frozen
class Program:
    """A program of a backend, with the flags that it needs. They are written into `out/backend/NAME.flags`."""

    name: str
    flags: tuple[Setting, ...]


@frozen
class Measurement:
    """What was tried, and what came out; `source` says by whom and when."""

    what: str
    result: str
    source: str


@frozen(kw_only=True)
class Backend:
    """A database with its ruler.

    `name` is its name in a platform file, `title` that of its makers, `versions` those that are known to work.
    `adds_suffixes` says whether its OTLP receiver renames counters. `max_rules` and `max_groups` are its default limits
    of rules in a group and of groups; None for none. `has_namespaces`: a file of rules is a namespace among those of
    all users of the ruler. `rule_delay` is how far before now rules are evaluated by default, by `delay_setting`.
    `reads_own_results`: a rule reads what an earlier rule of its group recorded in the same evaluation.
    `counts_as_prometheus`: the ruler counts its own failures under Prometheus' names. `reserved_labels` are labels that
    it sets or drops, each with the reason; `converts_histograms`: it can store the Workers' histograms as native ones
    with custom buckets. `encodings` are those of OTLP that its receiver takes, at `otlp_path`. `start_times` says what
    it does with the start of a series, `authentication` by what it protects the receiver. `programs` and `limits`, with
    `histogram_limits` for native ones, are
    what `out/backend` has, `parts` what else `out/` has beside the files that every backend needs; `data_source` and
    `data_source_secrets` are what Grafana's data source needs more. `start` are the steps to start it, `differences`
    what differs from Prometheus, `measured` what was tried.
    """

    name: str
    title: str
    versions: str
    otlp_path: str
    encodings: tuple[str, ...]
    authentication: str
    start_times: str
    retention: str
    delay_setting: str
    rule_delay: Duration | None = None
    adds_suffixes: bool = False
    max_rules: int | None = None
    max_groups: int | None = None
    has_namespaces: bool = False
    reads_own_results: bool = True
    counts_as_prometheus: bool = False
    converts_histograms: bool = False
    reserved_labels: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[OutputPart, ...] = EVERYTHING_ELSE
    programs: tuple[Program, ...] = ()
    limits: tuple[Setting, ...] = ()
    histogram_limits: tuple[Setting, ...] = ()
    data_source: Mapping[str, str | bool] = field(default_factory=dict)
    data_source_secrets: Mapping[str, str] = field(default_factory=dict)
    start: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    measured: tuple[Measurement, ...] = ()

    def stored_name(self, name: str, is_counter: bool) -> str:
        """The name under which a metric is stored that Workers push without a unit. OpenTelemetry's rules for
        Prometheus end the name of each counter in `_total`, and take the word from any other place of it."""
        if not self.adds_suffixes or not is_counter:
            return name
        return "_".join((*(word for word in name.split("_") if word and word != TOTAL), TOTAL))

    @property
    def sums_growth(self) -> bool:
        """Whether amounts are sums of growth: its cursors and all that reads them have to be in one group."""
        return self.reads_own_results and (self.max_rules is None or self.max_rules >= ROOM_FOR_GROWTH)

    def has(self, part: OutputPart) -> bool:
        """Whether `out/` has a part."""
        return part in self.parts
