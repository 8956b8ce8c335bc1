"""A real Prometheus scrapes the file of overrides, and alerts join it, with all durations divided by 30."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from generator.output import OVERRIDES_FILE, PROMETHEUS_CONFIG
from generator.pipeline import build
from tests.alerts.other_platforms import MANY_OVERRIDES, platform_file
from tests.e2e.prometheus import DeployedPrometheus, deployed_prometheus

LAPSE = 30
DEADLINE = 90.0
"""Seconds until something must have happened: 45 minutes of the lapse."""
TOKENS_PER_SECOND = 4_000
SMALL, LARGE, OTHER = "org.tenant-0", "org.tenant-66", "nobody"
"""Tenants with budgets of 7 and of 66,007 tokens a day, and one with the default of a million."""
PLATFORM = "lapse"
LIMIT = f'tenant_id:tokens_per_day:limit{{platform="{PLATFORM}"}}'
TICKET = f'ALERTS{{alertname="HighAICosts",severity="page",alertstate="firing",platform="{PLATFORM}"}}'
CHANGES = {
    **MANY_OVERRIDES,
    "prometheus": {"push_interval_seconds": LAPSE, "scrape_interval_seconds": LAPSE},
    "alerts": {"OverridesMissing": {"for": "1m"}},
    "notifications": {"page": {"group_wait": f"{LAPSE}s"}},
}
COUNTERS = """
  - job_name: workers
    honor_labels: true
    metrics_path: /counters.txt
    static_configs:
      - targets: ["{target}"]
"""


class Files(SimpleHTTPRequestHandler):
    """Serves the files of a folder, and counters of tokens that grow with time."""

    def do_GET(self) -> None:
        if self.path != "/counters.txt":
            super().do_GET()
            return
        count = int(TOKENS_PER_SECOND * (time.monotonic() - STARTED))
        labels = f'platform="{PLATFORM}",model="m",route="/chat",service="worker-api"'
        lines = (f'ai_tokens_input{{{labels},tenant_id="{tenant}"}} {count}\n' for tenant in (SMALL, LARGE, OTHER))
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write("".join(lines).encode())

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing is logged."""


STARTED = time.monotonic()


class FileServer:
    """A web server on 127.0.0.1 that can stop to have the file of overrides."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / Path(OVERRIDES_FILE).name
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(folder)))
        self.target = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def lose_file(self) -> None:
        """Answer 404 from now on."""
        self.file.unlink()

    def close(self) -> None:
        """Stop."""
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def files(tmp_path: Path) -> Iterator[FileServer]:
    """A build of 201 overrides in a time lapse, whose file is served."""
    build(platform_file(tmp_path, PLATFORM, CHANGES), tmp_path / "out", time_lapse=LAPSE)
    server = FileServer((tmp_path / "out" / OVERRIDES_FILE).parent)
    configuration = tmp_path / "out" / PROMETHEUS_CONFIG
    text = configuration.read_text(encoding="utf-8")
    own = text.replace('"overrides:8080"', f'"{server.target}"')
    assert own != text
    before, scrapes, after = own.partition("scrape_configs:\n")
    configuration.write_text("".join((before, scrapes, COUNTERS.format(target=server.target), after)), encoding="utf-8")
    yield server
    server.close()


@pytest.fixture
def prometheus(files: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeployedPrometheus]:
    """Prometheus with the configuration of the build."""
    monkeypatch.setenv("PROMETHEUS_REPLICA", "a")
    with deployed_prometheus((tmp_path / "out" / PROMETHEUS_CONFIG).parent, tmp_path / "data") as server:
        yield server


def series(prometheus: DeployedPrometheus, expression: str) -> dict[frozenset[tuple[str, str]], float]:
    """The values of an expression by the labels of each series."""
    result = prometheus.get("query", query=expression)["result"]
    return {frozenset(each["metric"].items()): float(each["value"][1]) for each in result}


def wait_for(prometheus: DeployedPrometheus, expression: str) -> None:
    """Wait until an expression has a result."""
    deadline = time.monotonic() + DEADLINE
    while not series(prometheus, expression):
        assert time.monotonic() < deadline, f"no result of {expression}"
        time.sleep(0.5)


def test_alerts_join_scraped_overrides_and_keep_them_while_the_file_is_away(
    prometheus: DeployedPrometheus, files: FileServer
) -> None:
    """Series have the labels that rules would record. The tenant with 7 tokens a day fires, and the one with the
    default of a million does not. Without the file, the limit stays and OverridesMissing fires."""
    wait_for(prometheus, f'{TICKET[:-1]},tenant_id="{SMALL}"}}')
    scraped = f'tenant_id:tokens_per_day:override{{tenant_id="{LARGE}"}}'
    labels = {"__name__": "tenant_id:tokens_per_day:override", "platform": PLATFORM, "tenant_id": LARGE}
    assert series(prometheus, scraped) == {frozenset(labels.items()): 66_007}
    assert len(series(prometheus, 'tenant_id:error_share:override or {__name__="tenant_overrides_info"}')) == 68
    wait_for(prometheus, f'{LIMIT[:-1]},tenant_id="{OTHER}"}}')
    limits = {dict(each)["tenant_id"]: value for each, value in series(prometheus, LIMIT).items()}
    assert (limits[SMALL], limits[LARGE], limits[OTHER]) == (7, 66_007, 1_000_000)
    assert not series(prometheus, f'{TICKET[:-1]},tenant_id="{OTHER}"}}')
    assert not series(prometheus, 'ALERTS{alertname="OverridesMissing"}')
    files.lose_file()
    wait_for(prometheus, 'ALERTS{alertname="OverridesMissing",alertstate="firing"}')
    assert not series(prometheus, scraped)
    limits = {dict(each)["tenant_id"]: value for each, value in series(prometheus, LIMIT).items()}
    assert limits[SMALL] == 7
