"""A Prometheus that scrapes the file of overrides, and others that scrape none, another one, or far more."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.output import OVERRIDES_FILE, PROMETHEUS_CONFIG
from generator.pipeline import build
from tests.alerts.other_platforms import MANY_OVERRIDES, platform_file
from tests.e2e.prometheus import DeployedPrometheus, deployed_prometheus
from tests.rendering.test_overrides_scraped import FileServer
from tests.verify.drift.answers import serving
from tests.verify.drift.conftest import Drift, lines
from tests.verify.drift.test_running_servers import edited

DEADLINE = 60.0
"""Seconds until Prometheus must have scraped, every second."""
TOKENS = "tenant_id:tokens_per_day:override"
WHERE = "overrides file: "
Ask = Callable[[str], Any]
"""What a Prometheus answers to a query: a document, or a status."""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a platform with 201 overrides: 67 tenants with three each."""
    folder = tmp_path_factory.mktemp("many")
    build(platform_file(folder, "many", MANY_OVERRIDES), folder / "out")
    return folder / "out"


@pytest.fixture
def files(out: Path, tmp_path: Path) -> Iterator[FileServer]:
    """A web server with a copy of the file of overrides."""
    (tmp_path / "served").mkdir()
    copy = tmp_path / "served" / Path(OVERRIDES_FILE).name
    copy.write_text((out / OVERRIDES_FILE).read_text(encoding="utf-8"), encoding="utf-8")
    server = FileServer(copy.parent)
    yield server
    server.close()


@pytest.fixture
def prometheus(
    out: Path, files: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DeployedPrometheus]:
    """Prometheus with the rules of the output, which scrapes the copy every second."""
    folder = tmp_path / "prometheus"
    folder.mkdir()
    (folder / "rules").symlink_to(out / "prometheus/rules")
    text = (out / PROMETHEUS_CONFIG).read_text(encoding="utf-8")
    own = text.replace('"overrides:8080"', f'"{files.target}"').replace("scrape_interval: 1m", "scrape_interval: 1s")
    (folder / "prometheus.yaml").write_text(own, encoding="utf-8")
    monkeypatch.setenv("PROMETHEUS_REPLICA", "a")
    with deployed_prometheus(folder, tmp_path / "data") as server:
        yield server


def wait_for_count(prometheus: DeployedPrometheus, selector: str, count: int) -> None:
    """Wait until so many series are there."""
    deadline = time.monotonic() + DEADLINE
    while len(prometheus.get("query", query=selector)["result"]) != count:
        assert time.monotonic() < deadline, f"not {count} of {selector}"
        time.sleep(0.2)


def test_a_running_prometheus_is_compared_with_the_file(
    drift: Drift, prometheus: DeployedPrometheus, files: FileServer, out: Path
) -> None:
    """What it scrapes is as built. Of the served copy one line is then lost, one added and one changed: three
    differences. Without the copy, the target is down, which is one."""
    wait_for_count(prometheus, '{__name__=~".*:override"}', 201)
    status, document = drift("--prometheus", prometheus.url, out=out)
    assert (status, document["differences"]) == (0, [])
    edited(files.file, f'{TOKENS}{{platform="many",tenant_id="org.tenant-3"}} 3007\n', "")
    edited(files.file, f'{TOKENS}{{platform="many",tenant_id="org.tenant-4"}} 4007\n',
           f'{TOKENS}{{platform="many",tenant_id="org.tenant-4"}} 5\n'
           f'{TOKENS}{{platform="many",tenant_id="stranger"}} 6\n')  # fmt: skip
    wait_for_count(prometheus, f'{TOKENS}{{tenant_id="stranger"}}', 1)
    status, document = drift("--prometheus", prometheus.url, out=out)
    assert status == 1
    assert lines(document) == [
        f'{WHERE}{TOKENS}{{platform="many",tenant_id="org.tenant-3"}} is missing',
        f'{WHERE}{TOKENS}{{platform="many",tenant_id="stranger"}} is there; no build wrote it',
        f'{WHERE}{TOKENS}{{platform="many",tenant_id="org.tenant-4"}} is "5", not "4007"',
    ]
    files.lose_file()
    wait_for_count(prometheus, TOKENS, 0)
    status, document = drift("--prometheus", prometheus.url, out=out)
    assert (status, lines(document)) == (
        1,
        [f'{WHERE}no series of it is there: of the job "overrides", {files.target} is down'],
    )


def vector(*samples: tuple[dict[str, str], float]) -> dict[str, Any]:
    """The answer to an instant query."""
    result = [{"metric": labels, "value": [0, str(value)]} for labels, value in samples]
    return {"data": {"resultType": "vector", "result": result}}


def override(tenant: str, value: float, **labels: str) -> tuple[dict[str, str], float]:
    """A budget of tokens that was scraped."""
    return {"__name__": TOKENS, "platform": "many", "tenant_id": tenant, **labels}, value


def overrides_differ(drift: Drift, out: Path, ask: Ask) -> list[str]:
    """How the overrides of a server that has no rules differ from the file."""
    rules: dict[str, Any] = {"/api/v1/rules": {"data": {"groups": []}}, "/api/v1/query": ask}
    with serving(rules) as url:
        status, document = drift("--prometheus", url, out=out)
    assert status == 1
    return [line.removeprefix(WHERE) for line in lines(document) if line.startswith(WHERE)]


def test_a_file_that_nothing_scrapes_is_one_difference(drift: Drift, out: Path) -> None:
    """There is no series of the platform, and no target of the job."""
    queries: list[str] = []

    def ask(query: str) -> Any:
        queries.append(query)
        return vector()

    assert overrides_differ(drift, out, ask) == ['no series of it is there: no job "overrides" is scraped']
    assert queries == [
        'count({__name__=~"tenant_id:.+:override|tenant_overrides_info",platform="many"})',
        'up{job="overrides"}',
    ]


def test_a_job_that_scrapes_another_file_is_said(drift: Drift, out: Path) -> None:
    """The target is up, and has the overrides of another platform."""
    target = vector(({"__name__": "up", "job": "overrides", "instance": "overrides:8080"}, 1))
    assert overrides_differ(drift, out, lambda query: target if query.startswith("up") else vector()) == [
        'no series of it is there: of the job "overrides", overrides:8080 is up'
    ]


def test_a_long_list_is_cut(drift: Drift, out: Path) -> None:
    """Of 202 series, 201 overrides and the one that says that the file is there, all are missing: 20 are listed."""
    differences = overrides_differ(
        drift, out, lambda query: vector(({}, 1)) if query.startswith("count") else vector(override("stranger", 1))
    )
    assert len(differences) == 22
    assert differences[20:] == [
        "182 more are missing",
        f'{TOKENS}{{platform="many",tenant_id="stranger"}} is there; no build wrote it',
    ]


def test_far_more_series_than_the_file_has_are_not_read(drift: Drift, out: Path) -> None:
    """Up to twice the 202 series and 1,000 are read: 1,404. Of one more, the number alone is."""
    queries: list[str] = []

    def ask(query: str, count: int) -> Any:
        queries.append(query)
        return vector(({}, count)) if query.startswith("count") else vector()

    assert overrides_differ(drift, out, lambda query: ask(query, 1405)) == [
        "1405 series are there, and 202 are in the file: too many to read each"
    ]
    assert len(queries) == 1
    assert overrides_differ(drift, out, lambda query: ask(query, 1404))[20] == "182 more are missing"


def test_of_several_values_the_highest_is_compared(drift: Drift, out: Path) -> None:
    """A querier shows both replicas, and rules read the highest: 3007 as built for one tenant, 5000 for another."""
    scraped = vector(
        override("org.tenant-3", 3007, replica="a"),
        override("org.tenant-3", 2000, replica="b"),
        override("org.tenant-4", 4007, replica="a"),
        override("org.tenant-4", 5000, replica="b"),
    )
    differences = overrides_differ(drift, out, lambda query: vector(({}, 4)) if query.startswith("count") else scraped)
    assert [line for line in differences if "missing" not in line] == [
        f'{TOKENS}{{platform="many",tenant_id="org.tenant-4"}} is "5000", not "4007"'
    ]


def test_a_server_that_answers_no_query_is_said(drift: Drift, out: Path) -> None:
    """A token that may only read rules leaves a difference: nothing was compared."""
    assert overrides_differ(drift, out, lambda query: 403) == ["it is not compared: a query is answered with 403: no"]


def test_answers_of_an_unknown_form_are_a_problem(drift: Drift, out: Path) -> None:
    """A page of something else is no drift: status 2."""
    with serving({"/api/v1/rules": {"data": {"groups": []}}, "/api/v1/query": {"data": []}}) as url:
        status, document = drift("--prometheus", url, out=out)
    assert (status, document["internal_error"], len(document["problems"])) == (2, None, 1)


def test_an_unreadable_file_is_a_problem(drift: Drift, out: Path, tmp_path: Path) -> None:
    """A line that is no series is named before anything is asked."""
    (tmp_path / "prometheus").mkdir()
    (tmp_path / "prometheus/rules").symlink_to(out / "prometheus/rules")
    file = tmp_path / OVERRIDES_FILE
    file.parent.mkdir()
    file.write_text("nonsense\n", encoding="utf-8")
    status, document = drift("--prometheus", "http://127.0.0.1:9", out=tmp_path)
    assert (status, [each["where"] for each in document["problems"]]) == (2, [str(file)])
