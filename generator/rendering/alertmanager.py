"""Alertmanager's configuration: who is told of what, how soon and how often, and which alert makes another needless."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.dsl.platform import Owner, Platform
from generator.rendering import promql
from generator.rendering.templates import render
from generator.rendering.yaml_text import quoted

BARE = re.compile(r'[a-z_]+(=|!=|=~)"[A-Za-z0-9_.|-]*"')
WATCHDOG = "Watchdog"
WATCHDOG_FAMILY = "telemetry"
"""The family whose owner is told, too, of alerts that nobody known owns."""


@dataclass(frozen=True)
class Pace:
    """How long a new group of alerts gathers (`wait`), how long a change of it waits (`interval`), and after how long
    it is told once more (`repeat`): durations as Prometheus writes them."""

    wait: str
    interval: str
    repeat: str


GROUPED_BY = ("alertname", "route")
"""Alerts that share these labels are told together; the pager takes each group for one incident."""
PAGE_PACE = Pace("15s", "1m", "1h")
TICKET_PACE = Pace("2m", "15m", "1d")
"""A ticket waits longer than a page, so that the page that makes it needless is there first."""
WATCHDOG_PACE = Pace("0s", "30s", "1m")
"""A repeat falls on an interval's end, or on the next one if it comes a moment early: within 90 seconds."""


@dataclass(frozen=True)
class Inhibition:
    """While one of `sources` pages, what `targets` say in these severities is needless, if all labels of `equal` agree.

    `subject` are matchers on what a source is about. They are needed because a label that both lack counts as equal.
    """

    why: str
    sources: tuple[str, ...]
    subject: tuple[str, ...]
    targets: tuple[str, ...]
    equal: tuple[str, ...]
    severities: tuple[str, ...] = ("ticket",)

    @property
    def source(self) -> tuple[str, ...]:
        """The matchers of the alerts that make others needless."""
        return (one_of("alertname", self.sources), one_of("severity", ("page",)), *self.subject)

    @property
    def target(self) -> tuple[str, ...]:
        """The matchers of the alerts that are needless."""
        return (one_of("alertname", self.targets), one_of("severity", self.severities))


WHOLE_ROUTE = ('route!=""', 'tenant_id=""')
INHIBITIONS = (
    Inhibition(
        "A route that is down fails, is slow by its time-outs and burns its budget, for each of its tenants too.",
        ("RouteDown",),
        WHOLE_ROUTE,
        ("HighErrorRate", "HighLatency", "ErrorBudgetBurn"),
        ("route", "service"),
        ("page", "ticket"),
    ),
    Inhibition(
        "A route that fails for all burns its budget: who was woken by the one needs not be woken by the other.",
        ("HighErrorRate",),
        WHOLE_ROUTE,
        ("ErrorBudgetBurn",),
        ("route", "service"),
        ("page", "ticket"),
    ),
    Inhibition(
        "A route that fails for all fails for each of its tenants, and burns its budget slowly too.",
        ("HighErrorRate", "ErrorBudgetBurn"),
        WHOLE_ROUTE,
        ("HighErrorRate", "ErrorBudgetBurn"),
        ("route", "service"),
    ),
    Inhibition(
        "A route that is slow for all is slow for each of its tenants.",
        ("HighLatency",),
        WHOLE_ROUTE,
        ("HighLatency",),
        ("route", "service"),
    ),
    Inhibition(
        "A tenant that is over its budget nears it and will exceed it.",
        ("HighAICosts",),
        ('tenant_id!=""',),
        ("HighAICosts", "AICostForecast"),
        ("tenant_id",),
    ),
    Inhibition(
        "A store that fails badly fails.",
        ("StorageErrors",),
        ('store!=""',),
        ("StorageErrors",),
        ("store",),
    ),
)
"""A page of errors leaves a tenant's ticket of latency alone: a slow tenant may have another cause. Nothing hides
TelemetryMissing, nor cost but more of the same tenant's cost."""


def alertmanager(platform: Platform) -> dict[str, str]:
    """The configuration and the texts of its notifications. Secrets are named by their files alone."""
    fallback = platform.owner_of(WATCHDOG_FAMILY)
    configuration = render(
        "alertmanager.yaml.j2",
        owners=platform.teams,
        fallback=fallback,
        dead_man_url_file=platform.dead_man_url_file,
        watchdog=(one_of("alertname", (WATCHDOG,)), *owned_by(fallback)),
        paces={"page": PAGE_PACE, "ticket": TICKET_PACE, "watchdog": WATCHDOG_PACE},
        inhibitions=INHIBITIONS,
        grouped_by=GROUPED_BY,
        owned_by=owned_by,
        matchers=matchers,
        quoted=quoted,
    )
    return {
        "alertmanager/alertmanager.yaml": configuration,
        "alertmanager/notifications.tmpl": render("notifications.tmpl.j2"),
    }


def owned_by(owner: Owner) -> tuple[str, ...]:
    """The matcher of the alerts that a team owns."""
    return (f"owner={promql.quoted(owner.name)}",)


def one_of(label: str, values: tuple[str, ...]) -> str:
    """The matcher of a label that has one of these values, which are plain words."""
    return f'{label}{"=~" if len(values) > 1 else "="}"{"|".join(values)}"'


def matchers(each: tuple[str, ...]) -> str:
    """Matchers as a list in YAML, bare where nothing in them needs quotes."""
    return f"[{', '.join(one if BARE.fullmatch(one) else quoted(one) for one in each)}]"
