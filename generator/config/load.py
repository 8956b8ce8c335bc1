"""Loads a platform: the YAML file and those that it extends, validated, checked, and converted to a `Platform`."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from contract.labels import ROUTE, STORE
from generator.config.alerts import ALERTS, alerts_of, severity_names_of
from generator.config.checks import platform_problems, sample_intervals
from generator.config.document import PlatformDocument
from generator.config.labels import METRIC_LABELS, STATIC_LABELS, metric_labels_of
from generator.config.overlays import read_merged
from generator.config.prices import model_prices_of, unit_prices_of
from generator.config.receiver_checks import NOTIFICATIONS
from generator.config.receivers import mail_server_of, notifications_of, team_of
from generator.config.secrets import looks_secret, without_secrets
from generator.config.validation import schema_violations
from generator.config.yaml_tree import Node, located, locations
from generator.definitions import project_contract
from generator.dsl.backend import Backend
from generator.dsl.backends import BACKENDS, PROMETHEUS
from generator.dsl.contract import Contract
from generator.dsl.kubernetes import KubernetesSettings
from generator.dsl.platform import (
    DEFAULT_FOLDER,
    NATIVE,
    PLAN_STORES,
    RETENTION_MARGIN,
    CostThresholds,
    ErrorThresholds,
    GrafanaSettings,
    LatencySlos,
    Links,
    Platform,
    StorageThresholds,
    named_folder,
)
from generator.dsl.query import ThresholdTable
from generator.dsl.slo import Slo
from generator.dsl.units import (
    DOLLARS,
    ERRORS_UNIT,
    MILLISECONDS,
    RATIO,
    REQUESTS_UNIT,
    TOKENS_UNIT,
    Quantity,
    days,
    percent,
    quantity,
    seconds,
)
from generator.errors import BuildError

DEFAULT = "default"
TENANT_DOLLARS = 50
"""The budget of tenants in dollars per 24 h where the platform gives none."""
MONTH_DOLLARS = 1500
"""The budget of the platform's bill in dollars per calendar month where the platform gives none."""
DAYS_OF_MONTH_BUDGET = 15
"""After how many days at the whole budget of a day that of the month is used up, where the platform gives none for the
day: twice as much as on average is no surprise."""
WITHOUT_VECTORIZE = 1
"""The SLO of a platform without Vectorize, in milliseconds; nothing is compared with it."""


def load(path: Path, contract: Contract | None = None) -> Platform:
    """Return the platform of a YAML file and of the files that it extends, whose numbers are compared with a contract;
    without one, with the project's.

    BuildError: all problems at once, by file and line: of the syntax, of the schema, and of the checks that read only
    valid values.
    """
    root, violations = read_merged(path)
    if root is None:
        raise BuildError(sorted(each.problem for each in violations))
    values = root.plain()
    violations += [located(root, violation) for violation in schema_violations(root, values)]
    # What is invalid is reported: without violations there is nothing to search for.
    invalid = (*root.invalid_paths(), *(each.violation.path for each in violations)) if violations else ()
    document = PlatformDocument(root, values, invalid, contract or project_contract())
    if problems := [*(each.problem for each in violations), *platform_problems(document)]:
        secrets = [text for text in root.texts() if looks_secret(text)]
        raise BuildError(sorted(without_secrets(problem, secrets) for problem in problems))
    return platform_of(root, document.values)


def platform_of(root: Node, document: Any) -> Platform:
    """Return the platform of a valid document and its tree; numbers stay exact."""
    teams = document["teams"]
    owners = {family: team_of(team, teams[team]) for family, team in document["owners"].items()}
    thresholds = document["thresholds"]
    return Platform(
        name=document["platform"],
        cluster=document.get("cluster", ""),
        services={service: tuple(routes) for service, routes in document["services"].items()},
        tenants=tuple(document["tenants"]),
        min_requests=quantity(thresholds["min_requests"], REQUESTS_UNIT),
        min_errors=quantity(thresholds["min_errors"], ERRORS_UNIT),
        availability=_availability(document),
        errors=_errors(document),
        latency=_latency(document),
        cost=_cost(document),
        storage=_storage(thresholds["storage"]),
        telemetry_stale_after=seconds(thresholds["telemetry_stale_after_seconds"]),
        model_prices=model_prices_of(document),
        unit_prices=unit_prices_of(document),
        owners={family: owner for family, owner in owners.items() if family != DEFAULT},
        default_owner=owners.get(DEFAULT),
        stores=tuple(store for store in STORE.listed if store in document.get("stores", PLAN_STORES)),
        owner_locations={family: str(root.nearest(("owners", family)).location) for family in owners},
        metric_prefix=document.get("metrics", {}).get("prefix", ""),
        convention_version=document.get("metrics", {}).get("conventions", ""),
        alerts=alerts_of(document),
        alert_locations=locations(root, ALERTS),
        severity_names=severity_names_of(document),
        mail_server=mail_server_of(document.get("email")),
        notifications=notifications_of(document.get("notifications", {})),
        notification_locations=locations(root, NOTIFICATIONS),
        dead_man_url_file=document["dead_man_url_file"],
        links=Links(**document["links"]),
        **_clients(document),
        labels=document.get("labels", {}),
        metric_labels=metric_labels_of(document),
        label_locations={**locations(root, METRIC_LABELS), **locations(root, STATIC_LABELS)},
        **_storage_of_series(document),
    )


def _backend(document: Any) -> Backend:
    """The backend, with the limits of its ruler that the platform gives."""
    backend, limits = BACKENDS[document.get("backend", PROMETHEUS.name)], document.get("ruler_limits", {})
    max_rules, max_groups = limits.get("rules_per_group"), limits.get("groups")
    return replace(backend, max_rules=max_rules or backend.max_rules, max_groups=max_groups or backend.max_groups)


def _clients(document: Any) -> dict[str, Any]:
    """The settings of Grafana and of Kubernetes."""
    return {"grafana": _grafana(document), "kubernetes": KubernetesSettings(**document.get("kubernetes", {}))}


def _grafana(document: Any) -> GrafanaSettings:
    """The settings of Grafana. A folder that is not named has the platform's name, unless that is `production`."""
    settings = document.get("grafana", {})
    formats = {"formats": tuple(settings["formats"])} if "formats" in settings else {}
    folder = named_folder(DEFAULT_FOLDER, document["platform"], document.get("cluster", ""))
    return GrafanaSettings(**{"folder": folder, **settings, **formats})


def _storage_of_series(document: Any) -> dict[str, Any]:
    """The backend, the push interval, the scrape interval and the retention, which follows from the SLO's window unless
    given."""
    push, scrape = sample_intervals(document)
    retention = document.get("prometheus", {}).get("retention_days")
    derived = days(document["slos"]["availability"]["window_days"]) + RETENTION_MARGIN
    return {
        "backend": _backend(document),
        "native_histograms": document.get("histograms") == NATIVE,
        "push_interval": seconds(push),
        "scrape_interval": seconds(scrape),
        "retention": derived if retention is None else days(retention),
    }


def _errors(document: Any) -> ErrorThresholds:
    errors = document["thresholds"]["errors"]
    default = percent(document["tenant_default"]["error_percent"])
    # Thousands of tenants have a few thresholds.
    percentages = cache(percent)
    overrides = {name: percentages(value) for name, value in _tenant_overrides(document, "error_percent").items()}
    return ErrorThresholds(
        tenant=ThresholdTable("error_share", RATIO, default, overrides),
        route=percent(errors["route_percent"]),
        outage=percent(errors["outage_percent"]),
        ai=percent(errors["ai_percent"]),
        route_overrides=_percentages(errors.get("routes", {}), "route_percent"),
        outage_overrides=_percentages(errors.get("routes", {}), "outage_percent"),
        ai_overrides=_percentages(errors.get("models", {}), "ai_percent"),
    )


def _availability(document: Any) -> Slo:
    """The SLO of requests, with the target of each route if any differs; the target of a route goes before that of its
    service."""
    slo = document["slos"]["availability"]
    of_services, of_routes = (_percentages(slo.get(key, {}), "target_percent") for key in ("services", "routes"))
    target, window = percent(slo["target_percent"]), days(slo["window_days"])
    if not of_services and not of_routes:
        return Slo(target, window)
    targets = {
        route: of_routes.get(route, of_services.get(service, target))
        for service, routes in document["services"].items()
        for route in routes
    }
    return Slo(target, window, ROUTE, {**targets, ROUTE.fallback: target})


def _storage(storage: Any) -> StorageThresholds:
    stores = storage.get("stores", {})
    return StorageThresholds(
        ticket=percent(storage["ticket_percent"]),
        page=percent(storage["page_percent"]),
        ticket_overrides=_percentages(stores, "ticket_percent"),
        page_overrides=_percentages(stores, "page_percent"),
    )


def _percentages(overrides: Any, key: str) -> dict[str, Quantity]:
    """The overrides that have a key, as ratios by name."""
    return {name: percent(values[key]) for name, values in overrides.items() if key in values}


def _latency(document: Any) -> LatencySlos:
    """The SLOs of latency; a route without one of its own has that of its service."""
    latency = document["slos"]["latency_p95_ms"]
    of_services = latency.get("services", {})
    of_routes = {
        route: of_services[service]
        for service, routes in document["services"].items()
        if service in of_services
        for route in routes
    } | latency.get("routes", {})
    routes = {route: quantity(value, MILLISECONDS) for route, value in of_routes.items()}
    return LatencySlos(
        route=ThresholdTable("latency_ms", MILLISECONDS, None, routes),
        ai=quantity(latency["ai"], MILLISECONDS),
        vectorize=quantity(latency.get("vectorize", WITHOUT_VECTORIZE), MILLISECONDS),
        ai_overrides={model: quantity(value, MILLISECONDS) for model, value in latency.get("models", {}).items()},
    )


def _cost(document: Any) -> CostThresholds:
    cost = document["thresholds"]["cost"]
    default = quantity(document["tenant_default"]["tokens_per_day"], TOKENS_UNIT)
    tokens = _tenant_overrides(document, "tokens_per_day")
    month = Fraction(cost.get("dollars_per_month", MONTH_DOLLARS))
    overrides = {name: quantity(value, TOKENS_UNIT) for name, value in tokens.items()}
    return CostThresholds(
        tokens_per_day=ThresholdTable("tokens_per_day", TOKENS_UNIT, default, overrides),
        warning=percent(cost["warning_percent"]),
        dollars_per_day=quantity(cost["dollars_per_day"], DOLLARS),
        tenant_dollars=_tenant_dollars(document, "dollars_per_day", TENANT_DOLLARS),
        tenant_month=_tenant_dollars(document, "dollars_per_month", MONTH_DOLLARS),
        day=_products(cost, "dollars_per_day", cost.get("total_dollars_per_day", month / DAYS_OF_MONTH_BUDGET)),
        month=_products(cost, "dollars_per_month", month),
        **(
            {"runaway": quantity(cost["runaway_dollars_per_day"], DOLLARS)} if "runaway_dollars_per_day" in cost else {}
        ),
    )


def _products(cost: Any, key: str, total: int | Fraction) -> ThresholdTable:
    """The budgets of all products together, and of those products that have one under a key."""
    products = {name: budget[key] for name, budget in cost.get("products", {}).items() if key in budget}
    by_product = {name: quantity(dollars, DOLLARS) for name, dollars in {"total": total, **products}.items()}
    return ThresholdTable(key, DOLLARS, None, by_product)


def _tenant_dollars(document: Any, key: str, default: int) -> ThresholdTable:
    dollars = _tenant_overrides(document, key)
    overrides = {name: quantity(value, DOLLARS) for name, value in dollars.items()}
    return ThresholdTable(key, DOLLARS, quantity(document["tenant_default"].get(key, default), DOLLARS), overrides)


def _tenant_overrides(document: Any, key: str) -> dict[str, int | Fraction]:
    return {name: values[key] for name, values in document["tenants"].items() if key in values}
