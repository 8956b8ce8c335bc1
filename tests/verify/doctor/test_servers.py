"""Versions out of the range, edited rules, servers that answer less than Prometheus does, and what is sent to each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from contract.api import REQUESTS
from generator.dsl.backends import BACKENDS
from generator.errors import BuildError, InternalError
from generator.external.tool import PROMETHEUS
from generator.verify.doctor.command import diagnose
from generator.verify.doctor.queries import LARGEST_TENANTS, instant_queries
from generator.verify.doctor.read_only import QUERY
from generator.verify.doctor.supported_servers import SUPPORTED
from tests.verify.doctor.conftest import RunningSystem
from tests.verify.doctor.examined import Examined, apis, evidence, own_platform, texts
from tests.verify.doctor.recording_proxy import recording
from tests.verify.doctor.test_healthy import grafana_answers
from tests.verify.drift.answers import serving

CLOSED = "http://127.0.0.1:9"
RESOURCES = 13
"""Requests to Prometheus that are no queries, as docs/doctor.md counts them: 3 of the build, 2 of rules, 4 of names of
labels and values, and the flags, the retention, the types and the Alertmanagers."""
BUILD = "/api/v1/status/buildinfo"


def build(version: str) -> dict[str, object]:
    """What Prometheus answers of its build."""
    return {"status": "success", "data": {"version": version, "goVersion": "go1.26"}}


def test_versions_out_of_the_range(system: RunningSystem) -> None:
    """Prometheus 3.8, Alertmanager 0.25 and Grafana 10.4 are too old: a finding each, with the range."""
    answers = {**grafana_answers(system), "/api/health": {"database": "ok", "version": "10.4.2"}}
    status = {
        "versionInfo": {"version": "0.25.0"},
        "config": {"original": "route: {receiver: a}\nreceivers: [{name: a}]"},
    }
    with (
        recording(system.prometheus.url, {BUILD: build("3.8.1")}) as prometheus,
        serving({"/api/v2/status": status, "/api/v2/alerts": []}) as alertmanager,
        serving(answers) as grafana,
    ):
        diagnosis = diagnose(system.subject, apis(prometheus.url, alertmanager, grafana))
    findings = [each for each in diagnosis.findings if each.check == "live/version"]
    assert texts(findings) == [
        "version: Prometheus 3.8.1 is not supported",
        "version: Alertmanager 0.25.0 is not supported",
        "version: Grafana 10.4.2 is not supported",
    ]
    assert evidence(findings[2])[1].startswith("supported: 11.6 to 13")


@pytest.mark.parametrize(
    ("server", "version", "expected"),
    [
        ("Prometheus", "3.10.0", True),
        ("Prometheus", "3.9.9", False),
        ("Prometheus", "4.0.0", False),
        ("Prometheus", "", True),
        ("Alertmanager", "1.0.0", True),
        ("Grafana", "13.9.1", True),
        ("Grafana", "14.0.0", False),
    ],
)
def test_ranges_of_versions(server: str, version: str, expected: bool) -> None:
    """Both ends are in the range, and a hidden version may be."""
    assert SUPPORTED[server].has(version) is expected


def test_the_oldest_prometheus_is_written_once(root: Path) -> None:
    """doctor, drift, the page of the backend and the configuration take it from the table of backends: no other source
    names it, but for the pin of the tool, which may not read the table and has the same versions."""
    assert SUPPORTED["Prometheus"].oldest == PROMETHEUS.minimum_version == (3, 10)
    assert BACKENDS["prometheus"].versions == "3.10 and newer; 3.10 and 3.16 are tested"
    assert PROMETHEUS.version.startswith("3.16.")
    written = ("3.10", "(3, 10)")
    sources = [*(root / "generator").rglob("*.py"), *(root / "generator").rglob("*.j2")]
    lines = {
        (path.name, line.strip())
        for path in sources
        for line in path.read_text(encoding="utf-8").splitlines()
        if any(text in line for text in written)
    }
    assert {name for name, _ in lines} == {"tool.py", "backends.py"}
    # A version that was measured is a fact of its own.
    assert {line[:8] for name, line in lines if name == "backends.py"} == {"(3, 10),", "Measurem"}


def test_an_edited_rule_is_drift(examined: Examined) -> None:
    """A group with another interval than built is a warning with the difference as its evidence."""
    examined.push()
    first, *others = examined.subject.groups
    edited = replace(examined.subject, groups=[replace(first, interval=7.0), *others])
    (finding,) = Examined(examined.url, edited).findings()
    assert texts([finding]) == ["drift: Prometheus has loaded 1 thing otherwise than built"]
    assert finding.severity.value == "warning"
    assert evidence(finding)[0].startswith(f"group {first.name}: interval is ")


def test_a_server_without_prometheus_own_resources(examined: Examined) -> None:
    """As VictoriaMetrics: no build of Prometheus, no flags, no retention, no Alertmanagers, and no finding of these;
    nor of a first value, which MetricsQL counts."""
    examined.push(minutes=30)
    new = next(each for each in examined.series(minutes=2) if each.name == REQUESTS.name)
    examined.send([replace(new, start=None, labels={**new.labels, "tenant_id": "new"})])
    missing = ("flags", "runtimeinfo")
    answers = {f"/api/v1/status/{name}": 404 for name in missing} | {"/api/v1/alertmanagers": 404}
    answers |= {"/api/v1/metadata": 404}
    own_build = {BUILD: {"status": "success", "data": {"version": "2.24.0"}}}
    with recording(examined.url, {**answers, **own_build}) as proxy:
        diagnosis = diagnose(examined.subject, apis(proxy.url))
    assert (diagnosis.problems, texts(diagnosis.findings)) == ([], [])
    assert diagnosis.system.prometheus.version == ""


def test_a_query_that_is_refused_does_not_hide_others(examined: Examined) -> None:
    """The query of the largest tenants loads too many samples: a problem, status 2, and the other checks run."""
    examined.push(lambda series: None if series.name == "latency_ms" else series)
    with recording(examined.url, {"/api/v1/query?topk%285%2C+count": 422}) as proxy:
        diagnosis = diagnose(examined.subject, apis(proxy.url))
    assert diagnosis.status == 2
    assert len(diagnosis.problems) == 1
    assert "422" in diagnosis.problems[0].what
    assert diagnosis.system.prometheus.vector(LARGEST_TENANTS) == []
    assert "metric-missing: latency_ms is missing, although requests_total is counted" in texts(diagnosis.findings)


def test_a_server_that_is_away_does_not_hide_prometheus(examined: Examined) -> None:
    """Alertmanager and Grafana do not answer: two problems, and Prometheus is examined. Without it there is none."""
    examined.push()
    diagnosis = examined.diagnosis(alertmanager=CLOSED, grafana=CLOSED)
    assert (len(diagnosis.problems), texts(diagnosis.findings)) == (2, [])
    with pytest.raises(BuildError):
        diagnose(examined.subject, apis(CLOSED))


def test_something_else_than_a_prometheus_is_a_problem(examined: Examined) -> None:
    """A server whose answers have another form is named, with a hint."""
    with serving({"/api/v1/query": {"data": []}, BUILD: {}}) as url, pytest.raises(BuildError) as raised:
        diagnose(examined.subject, apis(url))
    assert "it answers in an unknown form" in str(raised.value)


def test_nothing_is_written_to_a_server(system: RunningSystem) -> None:
    """Proxies before all three servers record a run: every request is a GET or a query, and there are as many as it
    says.
    """
    with (
        recording(system.prometheus.url) as prometheus,
        recording(system.alertmanager) as alertmanager,
        serving(grafana_answers(system)) as fake,
        recording(fake) as grafana,
    ):
        used = apis(prometheus.url, alertmanager.url, grafana.url)
        diagnosis = diagnose(system.subject, used)
    proxies = {"prometheus": prometheus, "alertmanager": alertmanager, "grafana": grafana}
    assert diagnosis.problems == []
    for server, proxy in proxies.items():
        assert {(method, path) for method, path in proxy.requests if method != "GET"} <= {("POST", QUERY)}
        assert used[server].requests == len(proxy.requests)
    queries = [path for _, path in prometheus.requests if path == QUERY]
    assert used["prometheus"].queries == len(queries) == len(instant_queries(system.subject)) + 2
    assert len(prometheus.requests) - len(queries) == RESOURCES
    assert len(alertmanager.requests) == 3


def test_the_number_of_queries_does_not_depend_on_tenants(system: RunningSystem) -> None:
    """Ten thousand tenants have as many queries as two."""
    many = own_platform(system.subject, "", tenants=tuple(f"tenant-{number}" for number in range(10_000)))
    assert len(instant_queries(many.subject)) == len(instant_queries(system.subject))


def test_another_method_is_a_bug(system: RunningSystem) -> None:
    """The client of a server refuses to send anything but a GET or a query."""
    api = apis(system.prometheus.url)["prometheus"]
    with pytest.raises(InternalError):
        api.post("/api/v1/admin/tsdb/delete_series", {})
    assert api.requests == 0
