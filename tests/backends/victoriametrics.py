"""VictoriaMetrics and vmalert, with the flags of their build."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.external.find import find_tool, find_vmalert
from generator.external.tool import VICTORIAMETRICS
from generator.verify.replay.remote_write import write_requests
from generator.verify.replay.server import free_port
from tests.backends.day_before import DayBefore
from tests.backends.deployed import Deployed, TriedBackend, flags_of, post, running

SHARD_LABEL = "service.instance.id"
OF_TIME_LAPSE = ("-search.latencyOffset=0s", "-inmemoryDataFlushInterval=1s")
OF_ITS_RULER = ("-rule.evalDelay=1s", "-remoteWrite.flushInterval=200ms")
"""A second takes the place of half a minute, also where both programs wait for late samples."""


@contextmanager
def deployed(folder: Path, out: Path, before: DayBefore | None = None) -> Iterator[Deployed]:
    """Both programs. The day before is there when vmalert starts."""
    is_time_lapse = before is None
    database, ruler = (f"127.0.0.1:{free_port()}" for _ in range(2))
    storage = [
        str(find_tool(VICTORIAMETRICS)),
        *flags_of(out / "backend" / "victoria-metrics.flags", {}),
        *(f"-httpListenAddr={database}", f"-storageDataPath={folder / 'data'}"),
        *(OF_TIME_LAPSE if is_time_lapse else ()),
    ]
    mounted = {
        "/etc/vmalert/rules": str(out / "prometheus" / "rules"),
        "victoriametrics:8428": database,
        "-notifier.url=http://alertmanager:9093": "-notifier.blackhole",
    }
    alerting = [
        str(find_vmalert()),
        *flags_of(out / "backend" / "vmalert.flags", mounted),
        *(f"-httpListenAddr={ruler}", *(OF_ITS_RULER if is_time_lapse else ())),
    ]
    with running(folder, "victoriametrics", storage, f"http://{database}/health"):
        if before is not None:
            requests = write_requests([*before.stored("{name}", SHARD_LABEL), *before.recorded])
            post(f"http://{database}/api/v1/write", requests, {})
        with running(folder, "vmalert", alerting, f"http://{ruler}/health"):
            yield Deployed(f"http://{database}/opentelemetry/v1/metrics", f"http://{database}", f"http://{ruler}")


TRIED = TriedBackend(
    name=f"victoriametrics-{VICTORIAMETRICS.version.rpartition('v')[2]}",
    backend="victoriametrics",
    version=VICTORIAMETRICS.version.rpartition("v")[2],
    start=deployed,
    shard_label=SHARD_LABEL.replace(".", r"\."),
    json_status=400,
    counted="increase({selector}[1h])",
)
