"""The platform: names, SLOs, thresholds, prices, owners and links of one installation, loaded from `platform.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction

from generator.dsl.backend import Backend, OutputPart
from generator.dsl.backends import PROMETHEUS
from generator.dsl.kubernetes import KubernetesSettings
from generator.dsl.query import ThresholdTable
from generator.dsl.receivers import MailServer, Notifications, Owner
from generator.dsl.severity import Severity, name_of
from generator.dsl.slo import Slo
from generator.dsl.units import DOLLARS, Duration, Quantity, days, quantity, seconds
from generator.errors import DefinitionError
from generator.frozen import frozen

DEFAULT_PUSH_INTERVAL = seconds(15)
MAX_SAMPLE_INTERVAL = seconds(60)
"""The longest time between two samples of a series: the shortest window of an alert, 2 minutes, holds two of them."""
RETENTION_MARGIN = days(5)
"""How much longer than the longest window of an SLO Prometheus stores samples by default."""
MIN_RETENTION_MARGIN = days(1)
"""How much longer it must store them: then a graph of the last day has whole windows too."""
PRODUCTION = "production"
"""The platform whose dashboards have the short UIDs, which links and bookmarks use; UIDs never change."""
MAX_OVERRIDE_RULES = 200
"""How many overrides of tenants are rules that record a number; more of them are a file that Prometheus scrapes."""
DEFAULT_FOLDER = "Workers AI"
DEFAULT_DATA_SOURCE = "prometheus"
DEFAULT_DATA_SOURCE_NAME = "Prometheus"


@frozen
class ErrorThresholds:
    """Thresholds on error ratios: fractions of requests, or of calls to a model (`ai`). `route_overrides` and
    `outage_overrides` are by route, `ai_overrides` by model."""

    tenant: ThresholdTable
    route: Quantity
    outage: Quantity
    ai: Quantity
    route_overrides: Mapping[str, Quantity] = field(default_factory=dict)
    outage_overrides: Mapping[str, Quantity] = field(default_factory=dict)
    ai_overrides: Mapping[str, Quantity] = field(default_factory=dict)


@frozen
class LatencySlos:
    """SLOs of the 95th percentile of latency, in milliseconds. `ai_overrides` are by model."""

    route: ThresholdTable
    ai: Quantity
    vectorize: Quantity
    ai_overrides: Mapping[str, Quantity] = field(default_factory=dict)


@frozen
class CostThresholds:
    """Token budgets of tenants per 24 h, the fraction of a budget that opens a ticket, total dollars per 24 h, the
    dollars per 24 h from which on the cost of a product can be a runaway, the budgets of tenants in dollars per 24 h
    and per calendar month, and those of the platform's bill in dollars per 24 h and per calendar month, by product and
    of all products together."""

    tokens_per_day: ThresholdTable
    warning: Quantity
    dollars_per_day: Quantity
    runaway: Quantity = quantity(50, DOLLARS)
    tenant_dollars: ThresholdTable = ThresholdTable("dollars_per_day", DOLLARS, quantity(50, DOLLARS))
    tenant_month: ThresholdTable = ThresholdTable("dollars_per_month", DOLLARS, quantity(1500, DOLLARS))
    day: ThresholdTable = ThresholdTable("dollars_per_day", DOLLARS, None, {"total": quantity(100, DOLLARS)})
    month: ThresholdTable = ThresholdTable("dollars_per_month", DOLLARS, None, {"total": quantity(1500, DOLLARS)})


@frozen
class StorageThresholds:
    """Thresholds on the error ratio of a store. The overrides are by store."""

    ticket: Quantity
    page: Quantity
    ticket_overrides: Mapping[str, Quantity] = field(default_factory=dict)
    page_overrides: Mapping[str, Quantity] = field(default_factory=dict)


@frozen
class ModelPrice:
    """Dollars per token of a model. `output` is None for a model without output tokens (an embedding); `others` are the
    prices of parts of both, by the class of tokens."""

    input: Quantity
    output: Quantity | None
    others: Mapping[str, Quantity] = field(default_factory=dict)

    def by_direction(self) -> Mapping[str, Quantity]:
        """Return the prices of input and, where it has one, of output."""
        return {"input": self.input, **({"output": self.output} if self.output is not None else {})}


@frozen
class UnitPrice:
    """What a platform pays for a billed unit where that is not the list price: dollars for one, and how many each
    period includes (None: as listed)."""

    dollars: Quantity | None
    included: Fraction | None


@frozen
class AlertSettings:
    """What a platform changes about an alert; None and empty values leave what the definition says."""

    enabled: bool = True
    severity: Severity | None = None
    owner: Owner | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    runbook_url: str = ""
    window: Duration | None = None
    for_: Duration | None = None
    except_routes: tuple[str, ...] = ()
    """Routes that the alert leaves out."""


@frozen
class MetricLabel:
    """A label that a platform adds to metrics: its values, and the names of the metrics (None: all that Workers count
    for requests)."""

    values: tuple[str, ...]
    metrics: tuple[str, ...] | None = None


@frozen
class Links:
    """Base URLs, without a slash at the end."""

    grafana: str
    runbooks: str

    def runbook(self, name: str) -> str:
        """Return the URL of a runbook."""
        return f"{self.runbooks}/{name}.md"


CLASSIC_HISTOGRAMS, NATIVE = "classic", "native"
"""How a backend stores histograms: a series for each bucket, or one with custom buckets."""
PLAN_STORES = ("vectorize", "kv", "durable_objects")
"""The stores of the plan, which a platform uses unless it lists others."""


CLASSIC, V1BETA1, V2BETA1, V2 = "classic", "v1beta1", "v2beta1", "v2"
GRAFANA_FORMATS = (CLASSIC, V1BETA1, V2BETA1, V2)
"""The formats of dashboards: files that Grafana provisions, and versions of resources of its API."""


def named_folder(folder: str, platform: str, cluster: str = "") -> str:
    """The title of a folder with the platform's name, unless that is `production`, and its cluster, unless it has them
    already."""
    words = folder.lower().split()
    names = (("" if platform == PRODUCTION else platform), cluster)
    return " ".join((folder, *(name for name in names if name and name.lower() not in words)))


@frozen
class GrafanaSettings:
    """The folder of the dashboards, the data source that they open with, the formats that are written, and whether the
    alerts are written for Grafana-managed alerting, too."""

    folder: str = DEFAULT_FOLDER
    data_source_uid: str = DEFAULT_DATA_SOURCE
    formats: tuple[str, ...] = (CLASSIC,)
    managed_alerts: bool = False

    @property
    def data_source_name(self) -> str:
        """The name of the data source: Grafana keeps one data source of each name."""
        is_default = self.data_source_uid == DEFAULT_DATA_SOURCE
        return DEFAULT_DATA_SOURCE_NAME if is_default else self.data_source_uid


@frozen
class Platform:
    """The numbers and names of one installation.

    `cluster` is that of its Prometheus, where another one has the same platform; empty for none. `services` maps names
    to routes. `stores` are those that the Workers call, in the contract's order. `unit_prices` are those that differ
    from the list, by the name of the billed unit. `owners` is by
    family of alerts; `default_owner` owns the families that it lacks. `owner_locations` are the locations
    of the keys of `owners` in the platform's files, for messages. `alerts` has the settings of alerts by name
    and declared severity (None: the only one that the name has); `alert_locations` are the
    locations of their keys, by path. Workers push every series each `push_interval`; Prometheus scrapes what is not
    pushed each `scrape_interval`, and stores samples for `retention`. `labels` are static labels of all alerts,
    `metric_labels` those that the platform adds to metrics; `label_locations` are the locations of the keys of both, by
    path. `convention_version` is the id of the conventions whose names rules record beside the contract's; empty for
    none. `severity_names` are the organisation's names of severities, where these differ from ours. `mail_server` sends
    the e-mail of receivers, `notifications` is what differs from the routing of the alerts;
    `notification_locations` are the locations of its keys, by path. `backend` is what stores the series and evaluates
    the rules; with `native_histograms` it converts histograms to native ones with custom buckets.
    """

    name: str
    services: Mapping[str, tuple[str, ...]]
    tenants: tuple[str, ...]
    min_requests: Quantity
    min_errors: Quantity
    availability: Slo
    errors: ErrorThresholds
    latency: LatencySlos
    cost: CostThresholds
    storage: StorageThresholds
    telemetry_stale_after: Duration
    model_prices: Mapping[str, ModelPrice]
    owners: Mapping[str, Owner]
    dead_man_url_file: str
    links: Links
    default_owner: Owner | None = None
    unit_prices: Mapping[str, UnitPrice] = field(default_factory=dict)
    stores: tuple[str, ...] = PLAN_STORES
    owner_locations: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    cluster: str = ""
    metric_prefix: str = ""
    convention_version: str = ""
    alerts: Mapping[tuple[str, Severity | None], AlertSettings] = field(default_factory=dict)
    alert_locations: Mapping[tuple[str | int, ...], str] = field(default_factory=dict, compare=False, repr=False)
    push_interval: Duration = DEFAULT_PUSH_INTERVAL
    scrape_interval: Duration = DEFAULT_PUSH_INTERVAL
    retention: Duration = days(30) + RETENTION_MARGIN
    grafana: GrafanaSettings = GrafanaSettings()
    kubernetes: KubernetesSettings = KubernetesSettings()
    labels: Mapping[str, str] = field(default_factory=dict)
    metric_labels: Mapping[str, MetricLabel] = field(default_factory=dict)
    label_locations: Mapping[tuple[str | int, ...], str] = field(default_factory=dict, compare=False, repr=False)
    severity_names: Mapping[Severity, str] = field(default_factory=dict)
    mail_server: MailServer | None = None
    notifications: Notifications = Notifications()
    notification_locations: Mapping[tuple[str | int, ...], str] = field(default_factory=dict, compare=False, repr=False)
    backend: Backend = PROMETHEUS
    native_histograms: bool = False

    def stored_name(self, name: str, is_counter: bool) -> str:
        """Return the name under which the backend stores a metric that Workers push, by its name in the contract."""
        return self.backend.stored_name(f"{self.metric_prefix}{name}", is_counter)

    @property
    def sample_interval(self) -> Duration:
        """The time between two samples of a series."""
        return max(self.push_interval, self.scrape_interval)

    @property
    def override_count(self) -> int:
        """How many thresholds of tenants differ from the default."""
        tables = (self.cost.tokens_per_day, self.errors.tenant, self.cost.tenant_dollars, self.cost.tenant_month)
        return sum(len(table.overrides) for table in tables)

    @property
    def scrapes_overrides(self) -> bool:
        """Whether the overrides of tenants are a file that Prometheus scrapes, and not a rule each."""
        return self.override_count > MAX_OVERRIDE_RULES and self.backend.has(OutputPart.PROMETHEUS_CONFIG)

    @property
    def routes(self) -> tuple[str, ...]:
        """All routes, in the order of the services."""
        return tuple(dict.fromkeys(route for routes in self.services.values() for route in routes))

    @property
    def teams(self) -> tuple[Owner, ...]:
        """All owners, without duplicates, by name."""
        owners = [*self.owners.values(), self.default_owner, *(settings.owner for settings in self.alerts.values())]
        by_name = {owner.name: owner for owner in owners if owner is not None}
        return tuple(by_name[name] for name in sorted(by_name))

    def alert_settings(self, name: str, declared: Severity) -> AlertSettings:
        """Return what the platform changes about the alert of a name and a declared severity."""
        return self.alerts.get((name, declared)) or self.alerts.get((name, None)) or AlertSettings()

    def rule_group(self, name: str) -> str:
        """Return the name of a group of rules with that of its platform, by which Prometheus' own counters of groups
        are distinguished: production:errors."""
        return ":".join((self.name, *((self.cluster,) if self.cluster else ()), name))

    def severity_name(self, severity: Severity) -> str:
        """Return the value of the label `severity` of the alerts of a severity."""
        return name_of(severity, self.severity_names)

    def owner_of(self, family: str) -> Owner:
        """Return the owner of a family of alerts. DefinitionError: it has none."""
        owner = self.owners.get(family, self.default_owner)
        if owner is None:
            what = f'no team owns the alerts of the family "{family}"'
            raise DefinitionError(what, f"add `{family}` or `default` to `owners` in platform.yaml")
        return owner
