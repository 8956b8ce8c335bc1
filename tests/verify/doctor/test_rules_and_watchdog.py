"""Rules that fail or are late, and a Watchdog that does not get to its receiver, in real servers."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from generator.external import find_alertmanager
from generator.verify.doctor.command import Diagnosis, diagnose
from generator.verify.doctor.finding import Finding
from tests.e2e.prometheus import OPENER
from tests.rendering.running_alertmanager import RunningAlertmanager, running_with
from tests.verify.doctor.conftest import RunningSystem
from tests.verify.doctor.examined import Examined, apis, evidence, own_platform, texts
from tests.verify.doctor.recording_proxy import recording

TIMEOUT = 30.0


def of_checks(findings: list[Finding], *names: str) -> list[Finding]:
    """The findings of some checks."""
    return [finding for finding in findings if finding.check.removeprefix("live/") in names]


def named(system: RunningSystem, name: str) -> Examined:
    """The platform whose name is that of groups of rules; nothing is pushed for it."""
    examined = own_platform(system.subject, system.prometheus.url)
    platform = replace(examined.subject.platform, name=name)
    return Examined(examined.url, replace(examined.subject, platform=platform))


def test_a_rule_that_fails(system: RunningSystem) -> None:
    """An alert matches many series with many: Prometheus' error is the evidence."""
    (finding,) = of_checks(named(system, "failing").findings(), "rule-failing")
    assert texts([finding]) == ["rule-failing: 1 rule of failing:errors fails"]
    assert evidence(finding)[0].startswith("ManyToMany: ")
    assert "many" in evidence(finding)[0]


def test_a_group_that_takes_longer_than_its_interval(system: RunningSystem) -> None:
    """It takes nearly all of its interval or more, and misses evaluations."""
    examined = named(system, "slow")
    deadline = time.monotonic() + TIMEOUT
    reported: list[str] = []
    while len(reported) < 2 and time.monotonic() < deadline:
        reported = texts(of_checks(examined.findings(), "rule-late"))
    assert reported[0].startswith("rule-late: slow:api takes ")
    assert reported[1].startswith("rule-late: slow:api missed ")


def test_a_group_that_is_not_evaluated_any_more(examined: Examined) -> None:
    """The last evaluation of a group of 30 s was two minutes ago; of another one, a moment ago."""
    examined.push()
    now = datetime.now(UTC)
    ages = {"stopped": timedelta(minutes=2), "runs": timedelta(seconds=20)}
    groups = [
        {"name": examined.subject.group_prefix + name, "interval": 30, "rules": [], "evaluationTime": 0.1}
        | {"lastEvaluation": (now - age).isoformat().replace("+00:00", "123Z")}
        for name, age in ages.items()
    ]
    with recording(examined.url, {"/api/v1/rules": {"data": {"groups": groups}}}) as proxy:
        findings = diagnose(examined.subject, apis(proxy.url)).findings
    own = f"rule-late: {examined.subject.group_prefix}"
    late = [text for text in texts(findings) if text.startswith(own)]
    assert late == [f"{own}stopped is not evaluated any more"]


def test_a_prometheus_without_the_rules(bare: Examined) -> None:
    """No Watchdog, no Alertmanager, no counters of the servers; drift lists the groups that are missing as an error."""
    findings = of_checks(bare.findings(), "watchdog-silent", "servers-not-scraped", "drift")
    assert texts(findings) == [
        "watchdog-silent: the Watchdog does not fire",
        "watchdog-silent: Prometheus sends its alerts to no Alertmanager",
        f"drift: Prometheus lacks {len(bare.subject.groups)} things of the build",
        "servers-not-scraped: 2 counters of the servers themselves are missing",
    ]


def test_notifications_that_fail(bare: Examined) -> None:
    """Alertmanager's counter of failures grew by 3 in 12 minutes."""
    (finding,) = of_checks(bare.findings(), "notifications-failing")
    assert texts([finding]) == ["notifications-failing: 3 notifications through pagerduty failed"]
    assert finding.severity.value == "error"


@pytest.fixture(scope="module")
def other_alertmanager(
    system: RunningSystem, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningAlertmanager]:
    """An Alertmanager without a route of the Watchdog, to which no Prometheus sends alerts."""
    folder = tmp_path_factory.mktemp("other-alertmanager")
    name = "alertmanager/alertmanager.yaml"
    texts_without = {**system.compiled.texts, name: system.compiled.texts[name].replace('"Watchdog"', '"Watchdogs"', 1)}
    with running_with(find_alertmanager(), texts_without, folder) as alertmanager:
        yield alertmanager


def of_watchdog(system: RunningSystem, alertmanager: str) -> list[Finding]:
    """What is wrong with the Watchdog of the running system, and how the configuration differs."""
    diagnosis: Diagnosis = diagnose(system.subject, apis(system.prometheus.url, alertmanager))
    assert diagnosis.problems == []
    return of_checks(diagnosis.findings, "watchdog-silent", "watchdog-lost", "watchdog-misrouted", "drift")


def test_a_watchdog_that_does_not_arrive_and_one_that_is_misrouted(
    system: RunningSystem, other_alertmanager: RunningAlertmanager
) -> None:
    """Alertmanager does not know it; then it does, and routes it to the receiver of what nobody is notified of."""
    lost = of_watchdog(system, other_alertmanager.address)
    assert "watchdog-lost: the Watchdog fires in Prometheus and is not known to Alertmanager" in texts(lost)
    labels = {"alertname": "Watchdog", "severity": "none", "owner": "platform", "platform": "production"}
    other_alertmanager.post([{"labels": labels}])
    misrouted = texts(of_watchdog(system, other_alertmanager.address))
    assert 'watchdog-misrouted: the Watchdog is routed to "nobody", not to "dead man"' in misrouted
    assert any(text.startswith("drift: Alertmanager ") for text in misrouted)


def test_a_watchdog_that_is_silenced(system: RunningSystem, other_alertmanager: RunningAlertmanager) -> None:
    """A silence of everything mutes it."""
    now = datetime.now(UTC)
    silence = {
        "matchers": [{"name": "platform", "value": ".+", "isRegex": True, "isEqual": True}],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(hours=1)).isoformat(),
        "createdBy": "test",
        "comment": "test",
    }
    address = f"{other_alertmanager.address}/api/v2/silences"
    request = urllib.request.Request(address, json.dumps(silence).encode(), {"Content-Type": "application/json"})
    OPENER.open(request, timeout=TIMEOUT).close()
    labels = {"alertname": "Watchdog", "severity": "none", "owner": "platform", "platform": "production"}
    other_alertmanager.post([{"labels": labels}])
    assert "watchdog-misrouted: the Watchdog is muted in Alertmanager" in texts(
        of_watchdog(system, other_alertmanager.address)
    )


def test_the_output_has_groups_for_these_tests(system: RunningSystem) -> None:
    """The groups of the broken rules are in the loaded folder, and in no build."""
    assert (Path(system.subject.out) / "prometheus/rules/broken.yaml").is_file()
    assert not any(group.name.startswith(("failing", "slow")) for group in system.subject.groups)
