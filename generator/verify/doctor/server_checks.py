"""Whether the servers have supported versions, and what a build has written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from generator.verify.doctor.finding import Evidence, FindingSeverity, Observation, live_check
from generator.verify.doctor.subject import Subject
from generator.verify.doctor.supported_servers import SUPPORTED
from generator.verify.doctor.system import System
from generator.verify.drift.difference import Difference

MISSING = ("is missing", "there is no ")
"""What differences say of an object that is not there."""


@live_check(
    "version",
    FindingSeverity.WARNING,
    reads="the version that each server shows",
    example="Prometheus 3.8.1 is not supported",
    hint="run a version in the range: docs/deploy.md says what each one needs",
)
def version(subject: Subject, system: System) -> Iterator[Observation]:
    """Prometheus, Alertmanager and Grafana have versions that the output is for.

    Older ones lose first increments, refuse the configuration or draw other values; newer ones are untested.
    """
    versions = {"Prometheus": system.prometheus.version}
    versions |= {"Alertmanager": system.alertmanager.version} if system.alertmanager else {}
    versions |= {"Grafana": system.grafana.version} if system.grafana else {}
    for server, running in versions.items():
        supported = SUPPORTED[server]
        if not supported.has(running):
            evidence = (Evidence(server, running), Evidence("supported", f"{supported}: {supported.reason}"))
            yield Observation(f"{server} {running} is not supported", evidence)


@live_check(
    "drift",
    FindingSeverity.WARNING,
    reads="what `drift` compares: rules, notification configuration, dashboards and data source",
    example="Prometheus has loaded 2 things otherwise than built",
    hint="deploy the output, or build it from what is deployed; `drift` lists the same, without this limit",
)
def drift(subject: Subject, system: System) -> Iterator[Observation]:
    """Servers have loaded what the build has written.

    An edited threshold is not in the alert tests, and is lost at the next deployment. A rule, a route or a dashboard
    that is missing is an error.
    """
    servers: dict[tuple[str, bool], list[Difference]] = defaultdict(list)
    for each in system.differences:
        if each.where != "server":
            servers[each.server, any(text in each.what for text in MISSING)].append(each)
    for (server, is_missing), differences in sorted(servers.items(), key=lambda item: not item[0][1]):
        count = f"{len(differences)} things" if len(differences) > 1 else "1 thing"
        what = (
            f"{server} lacks {count} of the build"
            if is_missing
            else f"{server} has loaded {count} otherwise than built"
        )
        evidence = [Evidence(each.where, each.what) for each in differences]
        yield Observation(what, evidence, severity=FindingSeverity.ERROR if is_missing else FindingSeverity.WARNING)
