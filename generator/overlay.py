"""The default definitions, extended, replaced and disabled by those of a project."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from generator.dsl.alert import Alert
from generator.dsl.alert_test import AlertTest
from generator.dsl.contract import Contract, Declared
from generator.dsl.dashboard import Dashboard, Panel
from generator.dsl.definitions import Definitions
from generator.dsl.disabled import CanBeDisabled
from generator.dsl.log import LogField
from generator.dsl.metrics import CombinedCounter
from generator.dsl.routing import Routing
from generator.errors import BuildError, Problem
from generator.own_definitions import Located, OwnDefinitions
from generator.own_log_fields import extended_log_fields
from generator.replaced_metrics import (
    replacement_problems,
    with_current_members,
    with_current_series,
    with_current_variables,
)

T = TypeVar("T")


def extended(defaults: Definitions, own: OwnDefinitions) -> Definitions:
    """The defaults with a project's definitions: one of the same id, name or key replaces a default where it stands,
    others follow. Raises BuildError where two of the project have one key, and for a metric that cannot replace its
    default.
    """
    if own == OwnDefinitions():
        return defaults
    problems: list[Problem] = []
    off = [each for located in own.disabled for each in located.definition.definitions]
    alerts = merged(defaults.alerts, own.alerts, _alert_key, "alert", problems)
    dashboards = merged(defaults.dashboards, own.dashboards, _dashboard_key, "dashboard", problems)
    tests = merged(defaults.alert_tests, own.alert_tests, _test_key, "alert test", problems)
    contract = extended_contract(defaults.contract, own, off, problems)
    dashboards = tuple(_without_panels(each, off) for each in _without(dashboards, off, Dashboard))
    result = Definitions(
        contract=contract,
        alerts=alerts,
        dashboards=tuple(with_current_variables(each, contract, problems) for each in dashboards),
        alert_tests=tuple(with_current_series(test, contract) for test in tests),
        not_applicable=(*defaults.not_applicable, *(located.definition for located in own.not_applicable)),
        routing=with_alerts(_routing(defaults.routing, own.routing, problems), alerts),
        disabled_alerts=tuple(alert for alert in off if isinstance(alert, Alert)),
        replaced_alerts=tuple(alert for alert in defaults.alerts if alert not in alerts),
    )
    if problems:
        raise BuildError(problems)
    return result


def merged(
    defaults: Sequence[T],
    own: Iterable[Located[T]],
    key: Callable[[T], Hashable],
    kind: str,
    problems: list[Problem],
) -> tuple[T, ...]:
    """The defaults, each replaced by the own definition of the same key where there is one; then the others."""
    by_key: dict[Hashable, Located[T]] = {}
    for located in own:
        first = by_key.setdefault(key(located.definition), located)
        if first is not located:
            what = f"the {kind} {_shown(key(located.definition))} is defined in {first.where} too"
            problems.append(Problem(located.where, what, "rename or remove one of the two"))
    replaced = tuple(by_key.pop(key(each)).definition if key(each) in by_key else each for each in defaults)
    return (*replaced, *(located.definition for located in by_key.values()))


def extended_contract(
    defaults: Contract, own: OwnDefinitions, off: Sequence[CanBeDisabled], problems: list[Problem]
) -> Contract:
    """The contract with a project's metrics: in place of a default one of the same name, and others in the area that
    their module is named after."""
    known = {item.name: item for item in defaults.declared}
    names: dict[str, Located[Declared]] = {}
    for located in own.declared:
        if known.get(located.definition.name) == located.definition:
            continue
        first = names.setdefault(located.definition.name, located)
        if first is not located:
            what = f'the name "{located.definition.name}" is declared in {first.where} too'
            problems.append(Problem(located.where, what, "rename or remove one of the two"))
    for name, located in names.items():
        problems += replacement_problems(located, known[name]) if name in known else ()
    areas = {area: [item for item in items if item not in off] for area, items in defaults.areas.items()}
    for name, located in names.items():
        if name not in known:
            areas.setdefault(located.module.rpartition(".")[2], []).append(located.definition)
    current = {name: each.definition for name, each in names.items()}
    labels = dict.fromkeys((*defaults.labels[:-1], *(each.definition for each in own.labels), defaults.labels[-1]))
    places = {**defaults.places, **{name: each.where.rpartition(" ")[0] for name, each in names.items()}}
    declared = {area: tuple(_current(item, current) for item in items) for area, items in areas.items() if items}
    fields = _log_fields(own, problems) if own.log_fields else defaults.log_fields
    return Contract(declared, tuple(labels), places, log_fields=fields)


def _log_fields(own: OwnDefinitions, problems: list[Problem]) -> tuple[LogField, ...]:
    # A contract that cannot be imported is reported by who loads it, not by who imports this module.
    defaults: tuple[LogField, ...] = importlib.import_module("contract.logs").FIELDS
    new = [located for located in own.log_fields if located.definition not in defaults]
    return extended_log_fields(defaults, new, problems)


def _current(declared: Declared, current: Mapping[str, Declared]) -> Declared:
    """A project's metric or combined counter in place of a default one, and its metrics in combined counters."""
    declared = current.get(declared.name, declared)
    return with_current_members(declared, current) if isinstance(declared, CombinedCounter) else declared


def with_alerts(routing: Routing, alerts: Sequence[Alert]) -> Routing:
    """The routing with an alert of the same key in place of one that was replaced."""
    by_key = {alert.key: alert for alert in alerts}

    def current(wanted: tuple[Alert, ...]) -> tuple[Alert, ...]:
        return tuple(by_key.get(alert.key, alert) for alert in wanted)

    resolved = (
        replace(inhibition, source=current(inhibition.source), target=current(inhibition.target))
        for inhibition in routing.inhibitions
    )
    return replace(routing, inhibitions=tuple(resolved))


def _routing(default: Routing, own: Sequence[Located[Routing]], problems: list[Problem]) -> Routing:
    for other in own[1:]:
        problems.append(Problem(other.where, f"the routing is defined in {own[0].where} too", "remove one of the two"))
    return own[0].definition if own else default


def _without(definitions: Iterable[T], off: Sequence[CanBeDisabled], kind: type[T]) -> tuple[T, ...]:
    return tuple(each for each in definitions if not any(isinstance(other, kind) and other == each for other in off))


def _without_panels(dashboard: Dashboard, off: Sequence[CanBeDisabled]) -> Dashboard:
    for panel in off:
        if isinstance(panel, Panel) and any(panel in row.panels for row in dashboard.rows):
            dashboard = dashboard.without_panel(panel.id)
    return dashboard


def _alert_key(alert: Alert) -> Hashable:
    return alert.key


def _dashboard_key(dashboard: Dashboard) -> Hashable:
    return dashboard.id


def _test_key(test: AlertTest) -> Hashable:
    """Alert tests are in the file of their module's name, each with its id."""
    return test.module.rpartition(".")[2], test.id


def _shown(key: Hashable) -> str:
    return f'"{"/".join(key) if isinstance(key, tuple) else key}"'
