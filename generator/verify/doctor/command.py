"""`doctor`: whether a running system keeps the contract. It only reads, and says how much."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping

from generator.errors import Problem
from generator.frozen import frozen
from generator.pipeline import compiled
from generator.reporting import Outcome
from generator.verify.doctor.examination import examine
from generator.verify.doctor.finding import Finding, FindingSeverity
from generator.verify.doctor.queries import SERIES, TENANTS, instant_queries
from generator.verify.doctor.read_only import ReadOnlyApi
from generator.verify.doctor.registry import all_findings
from generator.verify.doctor.report import counts_text, finding_lines
from generator.verify.doctor.subject import Subject, subject_of
from generator.verify.doctor.system import System
from generator.verify.doctor.watchdog_checks import NO_ALERTMANAGER, NOT_SEEN
from generator.verify.drift.options import SERVERS
from generator.verify.drift.servers import URL_OPTIONS, named_servers

NO_GRAFANA = "the dashboards and the data source that Grafana has: give --grafana URL"
OF_HEARTBEATS_AND_TIME = 2
"""The queries beside the fixed list."""


@frozen(eq=False)
class Diagnosis:
    """What was read, what is wrong with it, and what could not be read or seen."""

    system: System
    findings: list[Finding]
    problems: list[Problem]
    not_checked: list[str]

    @property
    def status(self) -> int:
        """The exit status: 2 where something could not be read, 1 for errors."""
        has_errors = any(finding.severity is FindingSeverity.ERROR for finding in self.findings)
        return 2 if self.problems else 1 if has_errors else 0


def command(arguments: argparse.Namespace) -> Outcome:
    """Examine the servers that are named, and print what is wrong, the worst first. The status is 1 for errors, and 2
    where a server or a query could not be examined; the others are examined then, too.

    Raises `BuildError` for wrong arguments, a platform or an output that cannot be read, and without Prometheus.
    """
    options = URL_OPTIONS | {"prometheus": "PROMETHEUS_URL"}
    apis = named_servers(arguments, "doctor", ReadOnlyApi, options)
    subject = subject_of(compiled(arguments.platform), arguments.out)
    count = len(instant_queries(subject)) + OF_HEARTBEATS_AND_TIME
    print(f"{count} queries of Prometheus, one at a time, over a day at most", file=sys.stderr)
    diagnosis = diagnose(subject, apis)
    for line in _lines(diagnosis, apis):
        print(line)
    return Outcome(diagnosis.status, document(diagnosis, apis), diagnosis.problems)


def diagnose(subject: Subject, apis: Mapping[str, ReadOnlyApi]) -> Diagnosis:
    """Read the servers and run all checks. Raises `BuildError` where Prometheus does not answer."""
    examined = examine(subject, apis)
    not_checked = [NOT_SEEN]
    not_checked += [] if "alertmanager" in apis else [NO_ALERTMANAGER]
    not_checked += [] if "grafana" in apis else [NO_GRAFANA]
    findings = [*all_findings(subject, examined.system)]
    return Diagnosis(examined.system, findings, examined.problems, not_checked)


def document(diagnosis: Diagnosis, apis: Mapping[str, ReadOnlyApi]) -> dict[str, object]:
    """The diagnosis as an object of JSON."""
    versions = _versions(diagnosis.system)
    servers = [
        {
            "server": server,
            "url": api.url,
            "server_version": versions.get(server) or None,
            "requests": api.requests,
            "queries": api.queries,
        }
        for server, api in apis.items()
    ]
    return {
        "servers": servers,
        "series": _count(diagnosis.system, SERIES),
        "tenants": _count(diagnosis.system, TENANTS),
        "findings": [finding.data() for finding in diagnosis.findings],
        "not_checked": diagnosis.not_checked,
    }


def _lines(diagnosis: Diagnosis, apis: Mapping[str, ReadOnlyApi]) -> Iterator[str]:
    for finding in diagnosis.findings:
        yield from finding_lines(finding)
        yield ""
    versions = _versions(diagnosis.system)
    for server, api in apis.items():
        queries = f", {api.queries} of them queries" if api.queries else ""
        name = f"{SERVERS[server].partition(' or ')[0]} {versions.get(server) or '(version unknown)'}"
        yield f"{name} at {api.url}: {api.requests} requests{queries}"
    series, tenants = (_count(diagnosis.system, name) for name in (SERIES, TENANTS))
    yield f"{series:,} series of the contract, {tenants:,} tenants"
    for text in diagnosis.not_checked:
        yield f"not checked: {text}"
    yield counts_text(diagnosis.findings)


def _versions(system: System) -> dict[str, str]:
    versions = {"prometheus": system.prometheus.version}
    versions |= {"alertmanager": system.alertmanager.version} if system.alertmanager else {}
    return versions | ({"grafana": system.grafana.version} if system.grafana else {})


def _count(system: System, query: str) -> int:
    return int(sum(sample.value for sample in system.prometheus.vector(query)))
