"""Alertmanager's configuration, from the routing that `alerts/routing.py` declares and the teams of a platform."""

from __future__ import annotations

import re
from collections.abc import Iterable

from contract import WATCHDOG
from contract.labels import ALERTNAME, OWNER, SEVERITY
from generator.dsl.alert import Alert, Severity
from generator.dsl.routing import Inhibition, PagerDuty, Receiver
from generator.dsl.units import Duration
from generator.ir.build import Lowered
from generator.rendering import promql
from generator.rendering.templates import render
from generator.rendering.yaml_text import quoted

UNQUOTED_MATCHER = re.compile(r'[a-z_]+(=|!=|=~)"[A-Za-z0-9_.|-]*"')


def alertmanager(lowered: Lowered) -> dict[str, str]:
    """The configuration and the templates of its notifications. It names the files of secrets, never the secrets."""
    platform, routing = lowered.platform, lowered.definitions.routing
    default_owner = platform.owners[routing.default_family].name
    watchdog_owners = (rule.owner for rule in lowered.alerts if rule.alert.name == WATCHDOG)
    teams = {owner.name: owner for owner in platform.owners.values()}
    configuration = render(
        "alertmanager.yaml.j2",
        routing=routing,
        teams=[teams[name] for name in sorted(teams)],
        default_owner=default_owner,
        dead_man_url_file=platform.dead_man_url_file,
        watchdog=(one_of(ALERTNAME.name, (WATCHDOG,)), owned_by(next(watchdog_owners, default_owner))),
        owned_by=owned_by,
        source=source,
        target=target,
        matcher_list=matcher_list,
        is_pagerduty=is_pagerduty,
        wait=wait,
        quoted=quoted,
    )
    return {
        "alertmanager/alertmanager.yaml": configuration,
        "alertmanager/notifications.tmpl": render("notifications.tmpl.j2"),
    }


def source(rule: Inhibition) -> tuple[str, ...]:
    """The matchers of the alerts that inhibit others."""
    return (*selecting(rule.source), *map(promql.matcher, rule.source_matchers))


def target(rule: Inhibition) -> tuple[str, ...]:
    """The matchers of the alerts that are inhibited."""
    return selecting(rule.target)


def selecting(alerts: Iterable[Alert]) -> tuple[str, ...]:
    """The matchers that select alerts."""
    listed = tuple(alerts)
    names = tuple(dict.fromkeys(alert.name for alert in listed))
    severities = tuple(each.value for each in Severity if each in {alert.severity for alert in listed})
    return (one_of(ALERTNAME.name, names), one_of(SEVERITY.name, severities))


def owned_by(team: str) -> str:
    """The matcher of the alerts that a team owns."""
    return f"{OWNER.name}={promql.quoted(team)}"


def one_of(label: str, values: tuple[str, ...]) -> str:
    """The matcher of a label that has one of these values, which consist of letters, digits and underscores."""
    return f'{label}{"=~" if len(values) > 1 else "="}"{"|".join(values)}"'


def matcher_list(matchers: Iterable[str]) -> str:
    """Matchers as a list in YAML, without quotes where YAML needs none."""
    return f"[{', '.join(each if UNQUOTED_MATCHER.fullmatch(each) else quoted(each) for each in matchers)}]"


def is_pagerduty(receiver: Receiver) -> bool:
    """Whether a receiver is PagerDuty; otherwise it is a webhook."""
    return isinstance(receiver, PagerDuty)


def wait(duration: Duration | None) -> str:
    """A duration as Alertmanager reads it."""
    return str(duration) if duration else "0s"
