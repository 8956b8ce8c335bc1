"""One running system for all tests: Prometheus and Alertmanager have loaded a build whose durations are a thirtieth,
and a thread pushes the telemetry of its platform."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from contract.api import REQUESTS
from contract.storage import VECTORIZE_QUERIES
from generator.config.load import load
from generator.definitions import load_definitions
from generator.external import find_alertmanager
from generator.ir.build import Compiled
from generator.output.write import write_files
from generator.pipeline import compile_all
from generator.verify.doctor.queries import SERVER_COUNTERS, selector
from generator.verify.doctor.subject import Subject, subject_of
from tests.e2e.prometheus import TIMEOUT, DeployedPrometheus, deployed_prometheus
from tests.rendering.running_alertmanager import SECRETS, running_with
from tests.verify.doctor.examined import Examined, own_platform
from tests.verify.doctor.telemetry import Series, healthy_series, push

SPEED = 30
PUSH_SECONDS = 0.5


@dataclass(frozen=True)
class RunningSystem:
    """A build, and the URLs of the servers that have loaded it."""

    subject: Subject
    compiled: Compiled
    prometheus: DeployedPrometheus
    alertmanager: str


@contextmanager
def accepting() -> Iterator[str]:
    """The URL of a receiver that accepts every notification."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=lambda: server.serve_forever(0.01), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@contextmanager
def pushing(url: str, subject: Subject) -> Iterator[None]:
    """Push the telemetry of the platform all the time, as its Workers do."""
    stopped = threading.Event()
    began = time.time()

    def run() -> None:
        while not stopped.wait(PUSH_SECONDS):
            now = time.time()
            series = healthy_series(subject, now, minutes=0)
            count = int((now - began) / PUSH_SECONDS)
            push(url, [replace(each, start=began, values=[_grown(*each.values[0], count)]) for each in series])

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield
    stopped.set()
    thread.join()


def _grown(at: float, value: float, count: int) -> tuple[float, float]:
    """A counter of events after so many pushes; 0 and the time of a heartbeat stay."""
    return at, value * count if value < 1 else value


def deployed(out: Path, data: Path, alertmanager: str, extra_rules: str = "") -> DeployedPrometheus:
    """A Prometheus with the output, which scrapes itself and sends alerts to an Alertmanager."""
    server = DeployedPrometheus(out / "prometheus", data)
    configuration = out / "prometheus/prometheus.yaml"
    text = configuration.read_text(encoding="utf-8").replace("localhost:9090", f"127.0.0.1:{server.port}")
    address = alertmanager.removeprefix("http://")
    configuration.write_text(text.replace("alertmanager:9093", address), encoding="utf-8")
    if extra_rules:
        (out / "prometheus/rules/broken.yaml").write_text(extra_rules, encoding="utf-8")
    server.start()
    return server


BROKEN_RULES = """
groups:
  - name: failing:errors
    interval: 200ms
    rules: [{alert: ManyToMany, expr: 'vector(1) * on () group_left () {__name__=~"prometheus_tsdb_head_.*"}'}]
  - name: slow:api
    interval: 5ms
    rules: [{record: slow, expr: 'count(sum_over_time({__name__=~"prometheus_.*"}[1m:100ms]))'}]
"""
"""Groups of platforms of other names: a rule that fails, and one that takes longer than its interval."""


def _await_first_evaluations(prometheus: DeployedPrometheus) -> None:
    """Wait until the Watchdog fires, and both servers were scraped."""
    names = ("ALERTS", *SERVER_COUNTERS)
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        if len(prometheus.values(f"group by (__name__) ({selector(names, ())})")) == len(names):
            return
        time.sleep(0.1)
    raise TimeoutError("Prometheus evaluates no rules")


@pytest.fixture(scope="package")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """The running system; it is healthy, but for groups of rules that belong to platforms of other names."""
    compiled = compile_all(load(Path(__file__).with_name("platform.yaml")), load_definitions(), SPEED)
    folder = tmp_path_factory.mktemp("doctor")
    out, secrets = folder / "out", folder / "alertmanager"
    write_files(out, compiled.texts)
    secrets.mkdir()
    with accepting() as receiver, running_with(find_alertmanager(), compiled.texts, secrets) as alertmanager:
        for secret in secrets.glob("*-*"):
            secret.write_text(receiver, encoding="utf-8")
        configuration = out / "alertmanager/alertmanager.yaml"
        text = configuration.read_text(encoding="utf-8")
        configuration.write_text(text.replace(SECRETS, str(secrets)), encoding="utf-8")
        subject = subject_of(compiled, out)
        prometheus = deployed(out, folder / "data", alertmanager.address, BROKEN_RULES)
        try:
            with pushing(prometheus.url, subject):
                _await_first_evaluations(prometheus)
                yield RunningSystem(subject, compiled, prometheus, alertmanager.address)
        finally:
            if prometheus.process is not None:
                prometheus.process.kill()
                prometheus.process.wait()


@pytest.fixture
def examined(system: RunningSystem) -> Examined:
    """A platform of its own, whose telemetry a test breaks."""
    return own_platform(system.subject, system.prometheus.url)


def failed_notifications(examined: Examined) -> Series:
    """The counter of an Alertmanager whose notifications fail."""
    requests = next(each for each in examined.series() if each.name == REQUESTS.name)
    values = [(at, float(index)) for index, (at, _) in enumerate(requests.values)]
    return replace(requests, name=SERVER_COUNTERS[2], labels={"integration": "pagerduty"}, values=values)


@pytest.fixture(scope="package")
def bare(system: RunningSystem, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examined]:
    """A platform in a Prometheus that has neither its rules nor its flags. One of its metrics has lost its platform."""
    folder = tmp_path_factory.mktemp("bare")
    flags = "# --web.enable-otlp-receiver\n# --storage.tsdb.retention.time=15d\n"
    strategy = "otlp: {translation_strategy: UnderscoreEscapingWithoutSuffixes}\n"
    (folder / "prometheus.yaml").write_text(flags + strategy, encoding="utf-8")
    with deployed_prometheus(folder, folder / "data") as server:
        examined = own_platform(system.subject, server.url)
        unlabelled = VECTORIZE_QUERIES.name
        examined.push(lambda series: series.with_labels(platform="") if series.name == unlabelled else series)
        examined.send([failed_notifications(examined)])
        yield examined
