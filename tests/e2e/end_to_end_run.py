"""The end-to-end run: normal traffic, secrets and failures; a model that fails for one tenant; a killed Prometheus."""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.e2e import workload
from tests.e2e.application import Application
from tests.e2e.client import SentRequest
from tests.e2e.expected_counts import Counts, ExpectedCounts, LabelValues
from tests.e2e.prometheus import DeployedPrometheus
from tests.e2e.workload import CHAT_MODEL, FAILING_TENANT, wait_until

ALERT_TIMEOUT = 300.0
"""Seconds that an alert may take to fire or to resolve; each takes about twenty."""

RAW_SERIES = "{service!='', __name__!~'.*:.*'}"
"""Selects every series of the Workers, but no recorded series."""


@dataclass(frozen=True)
class CountComparison:
    """The expected and the actual result of each query."""

    expected: Mapping[str, Counts]
    actual: Mapping[str, Counts]

    def differences(self) -> list[str]:
        """Return every series whose value is not the expected one."""
        return [
            f"{query} of {', '.join(key)}: got {actual.get(key, 0):g}, expected {expected.get(key, 0):g}"
            for query, expected in self.expected.items()
            for actual in [self.actual[query]]
            for key in sorted({*expected, *actual})
            if actual.get(key, 0) != expected.get(key, 0)
        ]


@dataclass(frozen=True)
class EndToEndRun:
    """The results of a run.

    `firing` are the labels of the tenants' alerts that fired while the model failed, at the time `during_failure` in
    seconds since 1970; `unresolved` are those that still fired after it recovered. `counts` were compared before
    Prometheus was killed, `counts_after_kill` after its restart; `samples_before_kill` and `samples_after_kill` are all
    raw series at `during_failure`.
    """

    application: Application
    prometheus: DeployedPrometheus
    sent: Sequence[SentRequest]
    counts: CountComparison
    counts_after_kill: CountComparison
    firing: Sequence[Mapping[str, str]]
    during_failure: float
    unresolved: Sequence[Mapping[str, str]]
    samples_before_kill: Mapping[LabelValues, float]
    samples_after_kill: Mapping[LabelValues, float]


def run_end_to_end(application: Application, prometheus: DeployedPrometheus) -> EndToEndRun:
    """Send the whole workload; takes a minute or two."""
    sent = [*_normal_traffic(application), *_failures(application)]
    counts = _compare_counts(application, prometheus, sent)
    firing = _wait_until_firing(application, prometheus, sent)
    during_failure = time.time()
    unresolved = _wait_until_resolved(application, prometheus, sent)
    samples_before_kill = prometheus.values(RAW_SERIES, during_failure)
    prometheus.stop(signal.SIGKILL)
    sent += workload.ask_questions(application, rounds=1)
    prometheus.start()
    sent += workload.ask_questions(application, rounds=1)
    return EndToEndRun(
        application=application,
        prometheus=prometheus,
        sent=sent,
        counts=counts,
        counts_after_kill=_compare_counts(application, prometheus, sent),
        firing=firing,
        during_failure=during_failure,
        unresolved=unresolved,
        samples_before_kill=samples_before_kill,
        samples_after_kill=prometheus.values(RAW_SERIES, during_failure),
    )


def _normal_traffic(application: Application) -> list[SentRequest]:
    """Ingest documents, wait until the queue has delivered them to the index, then ask questions."""
    sent = workload.ingest_documents(application)
    documents = sum(len(request.documents) for request in sent)
    wait_until(lambda: _calls(application, "upsert") >= documents)
    return [*sent, *workload.ask_questions(application, rounds=4)]


def _failures(application: Application) -> list[SentRequest]:
    return [
        *workload.send_secrets(application),
        *workload.send_from_unknown_clients(application),
        *workload.send_during_failures(application),
        *workload.exceed_rate_limit(application),
    ]


def _calls(application: Application, operation: str) -> int:
    return sum(call["calls"] for call in application.call_counts() if call["operation"] == operation)


def _compare_counts(
    application: Application, prometheus: DeployedPrometheus, sent: Sequence[SentRequest]
) -> CountComparison:
    """Wait until all counts equal the expected ones; after the timeout, return the last comparison."""

    def compare() -> CountComparison:
        expected = ExpectedCounts(sent, application.call_counts()).by_query()
        return CountComparison(expected, {query: prometheus.values(query) for query in expected})

    last = compare()

    def equal() -> bool:
        nonlocal last
        last = compare()
        return not last.differences()

    wait_until(equal)
    return last


def tenant_alerts(prometheus: DeployedPrometheus, states: Sequence[str] = ("firing",)) -> list[dict[str, str]]:
    """Return the labels of all alerts on tenants' errors that are in one of these states now."""
    alerts: list[dict[str, Any]] = prometheus.get("alerts")["alerts"]
    in_state = [alert["labels"] for alert in alerts if alert["state"] in states]
    return [labels for labels in in_state if labels["alertname"] == "TenantHighErrorRate"]


def _wait_until_firing(
    application: Application, prometheus: DeployedPrometheus, sent: list[SentRequest]
) -> list[dict[str, str]]:
    """Wait until no alert is left of the earlier failures, then make the model fail and wait for the alert."""
    wait_until(lambda: not tenant_alerts(prometheus, ("pending", "firing")), ALERT_TIMEOUT)
    application.inject_failures({"model": CHAT_MODEL, "tenant": FAILING_TENANT, "error_code": 3040})
    traffic = map(sent.extend, workload.background_traffic(application))
    return wait_until(lambda: tenant_alerts(prometheus), ALERT_TIMEOUT, traffic)


def _wait_until_resolved(
    application: Application, prometheus: DeployedPrometheus, sent: list[SentRequest]
) -> list[dict[str, str]]:
    application.inject_failures()
    traffic = map(sent.extend, workload.background_traffic(application))
    wait_until(lambda: not tenant_alerts(prometheus), ALERT_TIMEOUT, traffic)
    return tenant_alerts(prometheus)
