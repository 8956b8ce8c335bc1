"""A Grafana that has the dashboards, their folder and their data source, and others that do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.verify.drift.answers import serving
from tests.verify.drift.conftest import Drift, lines

OVERVIEW = "/api/dashboards/uid/workers-ai-overview"
SOURCE = "/api/datasources/uid/prometheus"
FOLDER = "/api/folders/workers-ai"


@pytest.fixture
def answers(root: Path) -> dict[str, Any]:
    """The answers of a Grafana that is provisioned with the output, in the form of its HTTP API."""
    documents: dict[str, Any] = {
        "/api/health": {"database": "ok", "version": "12.3.0"},
        FOLDER: {"uid": "workers-ai", "title": "Workers AI", "id": 3},
        SOURCE: {
            "uid": "prometheus", "name": "Prometheus", "type": "prometheus", "access": "proxy", "id": 1,
            "url": "http://prometheus:9090", "readOnly": True,
            "jsonData": {
                "httpMethod": "POST", "timeInterval": "15s", "manageAlerts": False,
                "prometheusType": "Prometheus", "prometheusVersion": "3.0.0",
            },
        },
        "/api/search": [],
    }  # fmt: skip
    for path in (root / "out/grafana/dashboards").glob("*.json"):
        model = json.loads(path.read_text(encoding="utf-8"))
        documents[f"/api/dashboards/uid/{model['uid']}"] = {
            "dashboard": {**model, "id": 9, "version": 4},
            "meta": {"folderUid": "workers-ai", "provisioned": True},
        }
        documents["/api/search"].append({"uid": model["uid"], "title": model["title"]})
    return documents


def test_a_grafana_with_the_output_is_as_built(drift: Drift, answers: dict[str, Any]) -> None:
    """Ids and versions, which Grafana sets, and the URL that it reads from its environment are no differences."""
    with serving(answers) as url:
        status, document = drift("--grafana", url)
    assert (status, document["differences"]) == (0, [])
    assert document["servers"] == [{"server": "grafana", "url": url, "server_version": "12.3.0"}]


def test_an_edited_dashboard_is_a_difference(drift: Drift, answers: dict[str, Any]) -> None:
    """A title that somebody changed, and the folder to which they moved the dashboard."""
    answers[OVERVIEW]["dashboard"]["panels"][0]["title"] = "Edited"
    answers[OVERVIEW]["meta"]["folderUid"] = "sandbox"
    with serving(answers) as url:
        status, document = drift("--grafana", url)
    assert status == 1
    folder, title = lines(document)
    assert folder == 'dashboard "Workers AI / Overview": its folder has the UID "sandbox", not "workers-ai"'
    assert title.startswith('dashboard "Workers AI / Overview": changes panels[')
    assert title.endswith("to 'Edited'")


def test_what_is_missing_and_what_no_build_wrote_are_differences(drift: Drift, answers: dict[str, Any]) -> None:
    """A dashboard, the folder and the data source are gone, and another dashboard is in the folder."""
    for path in (OVERVIEW, FOLDER, SOURCE):
        del answers[path]
    answers["/api/search"] = [{"uid": "x", "title": "Somebody's"}]
    with serving(answers) as url:
        _, document = drift("--grafana", url)
    assert lines(document) == [
        'folder "Workers AI": there is no folder with the UID "workers-ai"',
        'dashboard "Workers AI / Overview": there is no dashboard with the UID "workers-ai-overview"',
        'dashboard "Somebody\'s": it is in the folder "Workers AI"; no build wrote it',
        'data source "Prometheus": there is no data source with the UID "prometheus"',
    ]


def test_a_token_without_data_sources_is_said(drift: Drift, answers: dict[str, Any]) -> None:
    """A token that may not read data sources leaves a difference that says so: nothing was compared."""
    answers[SOURCE] = 403
    with serving(answers) as url:
        _, document = drift("--grafana", url)
    assert lines(document) == ['data source "Prometheus": the token may not read data sources, so it is not compared']


def test_an_interval_of_the_data_source_is_compared(drift: Drift, answers: dict[str, Any]) -> None:
    """The interval decides `$__rate_interval`, so that another one empties zoomed graphs."""
    answers[SOURCE]["jsonData"]["timeInterval"] = "60s"
    with serving(answers) as url:
        _, document = drift("--grafana", url)
    assert lines(document) == ['data source "Prometheus": jsonData.timeInterval is "60s", not "15s"']
