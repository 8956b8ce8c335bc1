"""Prometheus with the configuration of its build: the oldest version that works, and the newest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from generator.external.find import find_tool
from generator.external.tool import PROMETHEUS, PROMETHEUS_3_10, Tool
from generator.verify.replay.server import free_port
from tests.backends.day_before import DayBefore, write_blocks
from tests.backends.deployed import Deployed, TriedBackend, running
from tests.e2e.prometheus import flags


@contextmanager
def deployed(tool: Tool, folder: Path, out: Path, before: DayBefore | None = None) -> Iterator[Deployed]:
    """A version of Prometheus, with the flags at the top of its configuration. The day before is in blocks."""
    if before is not None:
        write_blocks([*before.stored(), *before.recorded], folder / "data")
    configuration, address = out / "prometheus" / "prometheus.yaml", f"127.0.0.1:{free_port()}"
    command = [
        str(find_tool(tool)),
        f"--config.file={configuration}",
        *flags(configuration.read_text(encoding="utf-8")),
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
        "--log.level=warn",
    ]
    url = f"http://{address}"
    with running(folder, "prometheus", command, f"{url}/-/ready"):
        yield Deployed(f"{url}/api/v1/otlp/v1/metrics", url, url)


NEWEST, OLDEST = (
    TriedBackend(f"prometheus-{tool.version}", "prometheus", tool.version, partial(deployed, tool))
    for tool in (PROMETHEUS, PROMETHEUS_3_10)
)
