"""The whole story, driven once: calm, secrets and mishaps; a model that breaks for one tenant; a Prometheus killed."""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.e2e import scenario
from tests.e2e.application import Application
from tests.e2e.client import Sent
from tests.e2e.prometheus import Deployed
from tests.e2e.scenario import RUINED, WRITER, until
from tests.e2e.truth import Counts, Key, Truth

ALERT_PATIENCE = 90.0
"""Seconds that an alert may take to fire, or to be over; it needs about twenty of each."""

TOLD = "{service!='', __name__!~'.*:.*'}"
"""Every series that the Workers told; none that was recorded of them."""


@dataclass(frozen=True)
class Weighed:
    """By query, what all that was sent must have come to, and what Prometheus answered in the end."""

    expected: Mapping[str, Counts]
    found: Mapping[str, Counts]

    def apart(self) -> list[str]:
        """Every series that is not what it must be."""
        return [
            f"{query} of {', '.join(key)}: {found.get(key, 0):g} is told, {expected.get(key, 0):g} is true"
            for query, expected in self.expected.items()
            for found in [self.found[query]]
            for key in sorted({*expected, *found})
            if found.get(key, 0) != expected.get(key, 0)
        ]


@dataclass(frozen=True)
class AlertTest:
    """What happened. `fired` are the labels of the alerts of tenants that fired when the model was broken, at the time
    `amid`, in seconds since 1970; `left` those that still did after it was mended. `weighed` was asked before
    Prometheus was killed, `again` after; `past` is what it said of that time before and after."""

    application: Application
    prometheus: Deployed
    sent: Sequence[Sent]
    weighed: Weighed
    again: Weighed
    fired: Sequence[Mapping[str, str]]
    amid: float
    left: Sequence[Mapping[str, str]]
    past: tuple[Mapping[Key, float], Mapping[Key, float]]


def drive(application: Application, prometheus: Deployed) -> AlertTest:
    """All of it, in a minute or two."""
    sent = [*_calm(application), *_mishaps(application)]
    weighed = _weigh(application, prometheus, sent)
    fired = _until_it_fires(application, prometheus, sent)
    amid = time.time()
    left = _until_it_is_over(application, prometheus, sent)
    before = prometheus.values(TOLD, amid)
    prometheus.stop(signal.SIGKILL)
    sent += scenario.people_ask(application, rounds=1)
    prometheus.start()
    sent += scenario.people_ask(application, rounds=1)
    again = _weigh(application, prometheus, sent)
    return AlertTest(
        application, prometheus, sent, weighed, again, fired, amid, left, (before, prometheus.values(TOLD, amid))
    )


def _calm(application: Application) -> list[Sent]:
    """Documents are given, and once the queue has brought them all to the index, people ask."""
    sent = scenario.documents_are_given(application)
    given = sum(len(one.documents) for one in sent)
    until(lambda: _calls(application, "upsert") >= given)
    return [*sent, *scenario.people_ask(application, rounds=4)]


def _mishaps(application: Application) -> list[Sent]:
    return [
        *scenario.secrets_are_told(application),
        *scenario.strangers_knock(application),
        *scenario.things_break(application),
        *scenario.one_asks_too_much(application),
    ]


def _calls(application: Application, operation: str) -> int:
    return sum(each["calls"] for each in application.books() if each["operation"] == operation)


def _weigh(application: Application, prometheus: Deployed, sent: Sequence[Sent]) -> Weighed:
    """Waits until what is told equals the truth; where it never does, both are given as they are in the end."""

    def weighed() -> Weighed:
        expected = Truth(sent, application.books()).expected()
        return Weighed(expected, {query: prometheus.values(query) for query in expected})

    last = weighed()

    def equal() -> bool:
        nonlocal last
        last = weighed()
        return not last.apart()

    until(equal)
    return last


def of_tenants(prometheus: Deployed, states: Sequence[str] = ("firing",)) -> list[dict[str, str]]:
    """The labels of all alerts of tenants' errors that are in one of these states now."""
    alerts: list[dict[str, Any]] = prometheus.ask("alerts")["alerts"]
    there = [one["labels"] for one in alerts if one["state"] in states]
    return [labels for labels in there if labels["alertname"] == "TenantHighErrorRate"]


def _until_it_fires(application: Application, prometheus: Deployed, sent: list[Sent]) -> list[dict[str, str]]:
    """The mishaps before were short, so they are let pass first."""
    until(lambda: not of_tenants(prometheus, ("pending", "firing")), ALERT_PATIENCE)
    application.order({"model": WRITER, "tenant": RUINED, "refuse": 3040})
    return until(lambda: of_tenants(prometheus), ALERT_PATIENCE, map(sent.extend, scenario.traffic(application)))


def _until_it_is_over(application: Application, prometheus: Deployed, sent: list[Sent]) -> list[dict[str, str]]:
    application.order()
    traffic = map(sent.extend, scenario.traffic(application))
    until(lambda: not of_tenants(prometheus), ALERT_PATIENCE, traffic)
    return of_tenants(prometheus)
