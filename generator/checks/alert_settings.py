"""Checks of the settings of alerts, which need the alerts' definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from contract.labels import ROUTE
from generator.check import check
from generator.config.alerts import ALERTS
from generator.config.loaded import LOADED, LoadedPlatform
from generator.config.schema.alerts import SETTINGS
from generator.config.validation import suggestion
from generator.config.yaml_tree import KeyPath, dotted, quoted
from generator.dsl.alert import Alert
from generator.dsl.platform import Platform
from generator.errors import Problem
from generator.lowering.alert_settings import refused_keys

REPLACED_ALERTS: Mapping[str, tuple[str, ...]] = {
    "HighErrorRate": ("TenantHighErrorRate", "RouteHighErrorRate"),
    "HighLatency": ("TenantHighLatency", "RouteHighLatency"),
}
"""The names of the alerts of earlier versions, each with those that replace it."""


@check(
    "config/unknown-alert",
    stage=LOADED,
    language="yaml",
    bad="alerts: {RouteDwn: {enabled: false}}",
    good="alerts: {RouteDown: {enabled: false}}",
    message='there is no alert "RouteDwn"; did you mean "RouteDown"? If not, remove it',
)
def settings_are_of_alerts(loaded: LoadedPlatform) -> Iterator[Problem]:
    """Every key of `alerts` is the name of an alert, and every key below a name with several rules the severity of one.

    Settings of a misspelt alert change nothing. One of an earlier version is named with those that replace it.
    """
    alerts, platform = loaded.alerts_by_name, loaded.platform
    for name, severity in platform.alerts:
        successors = [each for each in REPLACED_ALERTS.get(name, ()) if each in alerts]
        if name not in alerts and successors:
            what = f"the alert {quoted(name)} was replaced"
            yield _problem(platform, (name,), what, f"write {' or '.join(successors)}")
            continue
        if name not in alerts:
            yield _problem(
                platform, (name,), f"there is no alert {quoted(name)}", suggestion(name, alerts, "remove it")
            )
            continue
        severities = [alert.declared.value for alert in alerts[name]]
        if len(severities) > 1 and severity is None:
            hint = f"write the settings below {' or '.join(severities)}"
            yield _problem(platform, (name,), f"{name} has a rule for each of {', '.join(severities)}", hint)
        elif severity is not None and len(severities) == 1:
            what = f"{name} has one rule, so its settings are not below a severity"
            yield _problem(platform, (name, severity.value), what, f"move them up, below {name}")
        elif severity is not None and severity.value not in severities:
            what, hint = f"{name} has no rule of this severity", f"use one of {', '.join(severities)}"
            yield _problem(platform, (name, severity.value), what, hint)


@check(
    "config/alert-setting-not-allowed",
    stage=LOADED,
    language="yaml",
    bad="alerts: {HighAISpend: {window: 12h}}",
    good="alerts: {RouteDown: {window: 4m}}",
    message="HighAISpend does not take this key: its threshold is an amount per 24 hours; remove it",
)
def settings_are_allowed(loaded: LoadedPlatform) -> Iterator[Problem]:
    """An alert takes `window` and `for` only where its definition has exactly one, and Watchdog can neither be disabled
    nor get another severity.

    An alert with several windows, such as one on burn rates, needs all of them in their relation to each other.
    """
    for alert, path, keys in _configured(loaded):
        refused = refused_keys(alert, loaded.platform)
        for key in keys:
            if key in refused:
                what = f"{alert.name} does not take this key: {refused[key]}"
                yield _problem(loaded.platform, (*path, key), what, "remove it")


@check(
    "config/alert-window-out-of-range",
    stage=LOADED,
    language="yaml",
    bad="alerts: {RouteDown: {window: 20s}}",
    good="alerts: {RouteDown: {window: 30s}}",
    message="a window of 20 seconds holds less than two samples; give at least 30s",
)
def windows_hold_samples(loaded: LoadedPlatform) -> Iterator[Problem]:
    """The window that a platform gives an alert holds two samples, and is not longer than Prometheus stores them.

    An increase needs two samples; what is not stored any more is not counted.
    """
    platform = loaded.platform
    shortest, longest = platform.sample_interval * 2, platform.retention
    for alert, path, keys in _configured(loaded):
        window = alert.settings(platform).window if "window" in keys else None
        if window is not None and window < shortest:
            what = f"a window of {window.text()} holds less than two samples"
            yield _problem(platform, (*path, "window"), what, f"give at least {shortest}")
        elif window is not None and window > longest:
            what = f"a window of {window.text()} is longer than Prometheus stores samples"
            yield _problem(platform, (*path, "window"), what, f"give at most {longest}")


@check(
    "config/unknown-excepted-route",
    stage=LOADED,
    language="yaml",
    bad="alerts: {RequestsStopped: {except_routes: [/aa]}}",
    good="alerts: {RequestsStopped: {except_routes: [/a]}}",
    message='no service has the route "/aa"; did you mean "/a"? If not, remove it',
)
def excepted_routes_exist(loaded: LoadedPlatform) -> Iterator[Problem]:
    """An alert leaves out routes that the platform has, or `other`, and not all of them.

    A misspelt route would still page. An alert without any route is one that is disabled, and does not look so.
    """
    platform = loaded.platform
    known = {*platform.routes, ROUTE.fallback}
    for alert, path, keys in _configured(loaded):
        routes = alert.settings(platform).except_routes if "except_routes" in keys else ()
        key = (*path, "except_routes")
        for route in routes:
            if route not in known:
                hint = suggestion(route, known, "remove it")
                yield _problem(platform, key, f"no service has the route {quoted(route)}", hint)
        if known <= set(routes):
            yield _problem(platform, key, "it leaves out every route", "write enabled: false instead")


@check(
    "config/two-rules-of-one-severity",
    stage=LOADED,
    language="yaml",
    bad="alerts: {StorageErrors: {page: {severity: ticket}}}",
    good="alerts: {StorageErrors: {page: {severity: ticket}, ticket: {severity: none}}}",
    message="StorageErrors would have two rules of severity ticket; disable one, or give them different severities",
)
def severities_differ(loaded: LoadedPlatform) -> Iterator[Problem]:
    """The enabled rules of one alert name have different severities.

    Nobody could distinguish their alerts, in a notification or in a silence.
    """
    platform = loaded.platform
    for name, alerts in loaded.alerts_by_name.items():
        if len(alerts) > 1 and (name, None) in platform.alerts:
            continue  # Settings of no rule in particular are a problem of their own.
        enabled = [alert.on(platform) for alert in alerts if alert.settings(platform).enabled]
        for alert in (alert for alert in enabled if alert.severity is not alert.declared):
            if sum(other.severity is alert.severity for other in enabled) > 1:
                path = (name, alert.declared.value, "severity")
                what = f"{name} would have two rules of severity {alert.severity.value}"
                yield _problem(platform, path, what, "disable one, or give them different severities")


@check(
    "config/reserved-alert-label",
    stage=LOADED,
    language="yaml",
    bad="alerts: {RouteDown: {labels: {severity: sev1}}}",
    good="alerts: {RouteDown: {labels: {priority: sev1}}}",
    message='the label "severity" is set already, or is the contract\'s; choose another name',
)
def labels_are_not_reserved(loaded: LoadedPlatform) -> Iterator[Problem]:
    """No label that a platform adds to an alert is one of the contract, such as `severity`, `owner` or `tenant_id`.

    It would replace the label by which alerts are routed, grouped or inhibited.
    """
    for alert, path, keys in _configured(loaded):
        for label in alert.settings(loaded.platform).labels if "labels" in keys else ():
            if label in loaded.reserved_labels or label in loaded.platform.labels:
                what = f"the label {quoted(label)} is set already, or is the contract's"
                yield _problem(loaded.platform, (*path, "labels", label), what, "choose another name")


def _configured(loaded: LoadedPlatform) -> Iterator[tuple[Alert, KeyPath, Sequence[str]]]:
    """Yield every alert with settings, the path of these below `alerts`, and their keys."""
    platform = loaded.platform
    for name, severity in platform.alerts:
        path: KeyPath = (name,) if severity is None else (name, severity.value)
        depth = len(ALERTS) + len(path)
        keys = [
            str(each[depth])
            for each in platform.alert_locations
            if len(each) == depth + 1 and each[:depth] == (*ALERTS, *path) and each[depth] in SETTINGS
        ]
        for alert in loaded.alerts_by_name.get(name, ()):
            if severity in (None, alert.declared):
                yield alert, path, keys


def _problem(platform: Platform, path: KeyPath, what: str, hint: str) -> Problem:
    """A problem at the key of a path, or at the nearest one that the file has: settings of a name are those of all its
    rules."""
    key = (*ALERTS, *path)
    ancestors = (key[:length] for length in range(len(key), 0, -1))
    nearest = next((each for each in ancestors if each in platform.alert_locations), key)
    return Problem(f"{platform.alert_locations.get(nearest, '')} {dotted(nearest)}".lstrip(), what, hint)
