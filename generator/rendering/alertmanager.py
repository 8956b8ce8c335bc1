"""Alertmanager's configuration, from the routing that `alerts/routing.py` declares and the teams of a platform."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial

from contract import WATCHDOG
from contract.labels import ALERTNAME, OWNER, SEVERITY
from generator.definitions import ROUTING_FILE
from generator.dsl.alert import NONE, PAGE, Alert, Severity
from generator.dsl.platform import Platform
from generator.dsl.receivers import CHANNELS, Receiver
from generator.dsl.routing import Inhibition
from generator.errors import BuildError, Problem
from generator.ir.build import Lowered
from generator.ir.rules import AlertRule
from generator.lowering.identity import IDENTITY_LABELS, identity_names
from generator.output import ALERTMANAGER_CONFIG, NOTIFICATION_TEMPLATES
from generator.rendering import promql
from generator.rendering.messages import notification_templates
from generator.rendering.templates import render
from generator.rendering.yaml_text import quoted

TEMPLATE_FILES = ("notifications.tmpl", "/etc/alertmanager/config/notifications.tmpl")
"""Alertmanager reads those that exist. A relative path is relative to the configuration, which prometheus-operator
copies to another folder; it mounts the other files of the configuration's Secret at /etc/alertmanager/config."""
CONFIGURATION_KEYS = {
    "pagerduty": "pagerduty_configs",
    "opsgenie": "opsgenie_configs",
    "slack": "slack_configs",
    "teams": "msteamsv2_configs",
    "email": "email_configs",
    "discord": "discord_configs",
    "telegram": "telegram_configs",
    "webhook": "webhook_configs",
}
"""The keys of receivers in Alertmanager's configuration."""
UNQUOTED_MATCHER = re.compile(r'[a-z_]+(=|!=|=~)"[A-Za-z0-9_.|-]*"')


def alertmanager(lowered: Lowered) -> dict[str, str]:
    """The configuration and the templates of its notifications. It names the files of secrets, never the secrets.
    Raises BuildError for inhibitions that would inhibit more than they declare."""
    platform, routing = lowered.platform, lowered.definitions.routing
    if problems := [problem for rule in routing.inhibitions for problem in inhibition_problems(rule, lowered.alerts)]:
        raise BuildError(problems)
    default_owner = platform.owner_of(routing.default_family).name
    watchdog_owners = (rule.owner for rule in lowered.alerts if rule.alert.name == WATCHDOG)
    configuration = render(
        "alertmanager.yaml.j2",
        routing=routing,
        identity=[label.name for label in IDENTITY_LABELS],
        static_labels=sorted(platform.labels),
        teams=platform.teams,
        default_owner=default_owner,
        dead_man_url_file=platform.dead_man_url_file,
        watchdog=(
            one_of(ALERTNAME.name, (WATCHDOG,)),
            owned_by(next(watchdog_owners, default_owner)),
            *(one_of(name, (value,)) for name, value in identity_names(platform).items()),
        ),
        owned_by=owned_by,
        selecting=partial(selecting, rules=lowered.alerts, platform=platform),
        matcher_list=matcher_list,
        of_page=of_severities((PAGE,), platform),
        of_none=of_severities((NONE,), platform),
        by_channel=by_channel,
        keys=CONFIGURATION_KEYS,
        mail_server=platform.mail_server,
        templates=TEMPLATE_FILES,
        quoted=quoted,
    )
    return {
        ALERTMANAGER_CONFIG: configuration,
        NOTIFICATION_TEMPLATES: notification_templates(lowered.alerts),
    }


def selecting(listed: Sequence[Alert], rules: Sequence[AlertRule], platform: Platform) -> tuple[str, ...]:
    """The matchers that select the listed alerts: their names, and their severities where a name has others too."""
    names = tuple(dict.fromkeys(alert.name for alert in listed))
    by_name = (one_of(ALERTNAME.name, names),)
    if len(_named(names, rules)) == len(listed):
        return by_name
    return (*by_name, of_severities([alert.severity for alert in listed], platform))


def of_severities(severities: Collection[Severity], platform: Platform) -> str:
    """The matcher of the alerts of some severities, by the platform's names."""
    return one_of(SEVERITY.name, tuple(platform.severity_name(each) for each in Severity if each in severities))


def _named(names: Collection[str], rules: Iterable[AlertRule]) -> list[AlertRule]:
    return [rule for rule in rules if rule.alert.name in names]


def inhibition_problems(inhibition: Inhibition, rules: Sequence[AlertRule]) -> Iterator[Problem]:
    """The alerts that an inhibition selects although they are not listed, or that lack a label that must be equal."""
    for listed in (inhibition.source, inhibition.target):
        names, severities = {alert.name for alert in listed}, {alert.severity for alert in listed}
        keys = [alert.key for alert in listed]
        for rule in _named(names, rules):
            alert = rule.alert
            if alert.severity in severities and alert.key not in keys:
                what = f"the inhibition with {', '.join(keys)} selects {alert.key} too"
                yield Problem(ROUTING_FILE, what, "list it too, or write two inhibitions")
            for label in (label for label in inhibition.equal if alert.key in keys and label not in rule.labels):
                what = f"an inhibition compares {label.name}, which {alert.key} is not grouped by"
                yield Problem(ROUTING_FILE, what, "compare labels that its sources and targets are grouped by")


def owned_by(team: str) -> str:
    """The matcher of the alerts that a team owns."""
    return f"{OWNER.name}={promql.quoted(team)}"


def one_of(label: str, values: tuple[str, ...]) -> str:
    """The matcher of a label that has one of these values, which consist of letters, digits, underscores and
    dashes."""
    return f'{label}{"=~" if len(values) > 1 else "="}"{"|".join(values)}"'


def matcher_list(matchers: Iterable[str]) -> str:
    """Matchers as a list in YAML, without quotes where YAML needs none."""
    return f"[{', '.join(each if UNQUOTED_MATCHER.fullmatch(each) else quoted(each) for each in matchers)}]"


def by_channel(receivers: Iterable[Receiver]) -> list[tuple[str, list[Receiver]]]:
    """The receivers of each channel, in the order of the channels in a platform file."""
    listed = list(receivers)
    groups = ((channel, [each for each in listed if type(each) is kind]) for channel, kind in CHANNELS.items())
    return [(channel, group) for channel, group in groups if group]
