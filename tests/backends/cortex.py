"""Cortex as one process, with the limits of its build and rules in files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from generator.external.find import find_tool
from generator.external.tool import CORTEX
from generator.verify.replay.remote_write import write_requests
from generator.verify.replay.server import free_port
from tests.backends.day_before import DayBefore
from tests.backends.deployed import Deployed, TriedBackend, post, running

TENANT, COUNTER = "platform", "{name}_total"
HEADERS = {"X-Scope-OrgID": TENANT}
RING = {"kvstore": {"store": "inmemory"}}
LOOPBACK = {**RING, "instance_addr": "127.0.0.1"}
OF_THE_DAY_BEFORE = {"out_of_order_time_window": "26h", "ingestion_rate": 10**7, "ingestion_burst_size": 10**7}
"""Limits of a day that is written at once."""
RETENTION_PERIOD = "26h"
"""By default the ingester forgets what is older than 6 hours; the store gateway looks for blocks each 15 minutes."""


@contextmanager
def deployed(folder: Path, out: Path, before: DayBefore | None = None) -> Iterator[Deployed]:
    """All of Cortex' parts in a process, which keeps its blocks in the folder. The day before is written out of order,
    before there are rules."""
    limits = yaml.safe_load((out / "backend" / "limits.yaml").read_text(encoding="utf-8"))
    for name in ("rules", "receivers"):
        (folder / name).mkdir()
    if before is not None:
        limits |= OF_THE_DAY_BEFORE
        requests = write_requests([*before.stored(COUNTER), *before.recorded])
        with _process(folder, limits) as url:
            post(f"{url}/api/v1/push", requests, HEADERS)
    shutil.copytree(out / "prometheus" / "rules", folder / "rules" / TENANT)
    with _process(folder, limits) as url:
        api = f"{url}/prometheus"
        yield Deployed(f"{url}/api/v1/otlp/v1/metrics", api, api, HEADERS)


@contextmanager
def _process(folder: Path, limits: dict[str, object]) -> Iterator[str]:
    http, grpc = free_port(), free_port()
    file = folder / "cortex.yaml"
    file.write_text(yaml.safe_dump(configuration(folder, http, grpc, limits)), encoding="utf-8")
    command = [str(find_tool(CORTEX)), f"-config.file={file}", "-log.level=warn"]
    url = f"http://127.0.0.1:{http}"
    with running(folder, "cortex", command, f"{url}/ready"):
        yield url


def configuration(folder: Path, http: int, grpc: int, limits: dict[str, object]) -> dict[str, object]:
    """Upstream's example of a single process with local blocks, on 127.0.0.1."""
    lifecycler = {"address": "127.0.0.1", "min_ready_duration": "0s", "final_sleep": "0s"}
    return {
        "auth_enabled": True,
        "server": {
            **{f"{each}_listen_address": "127.0.0.1" for each in ("http", "grpc")},
            "http_listen_port": http,
            "grpc_listen_port": grpc,
        },
        "distributor": {"shard_by_all_labels": True, "ring": LOOPBACK},
        "ingester": {"lifecycler": {**lifecycler, "ring": {**RING, "replication_factor": 1}}},
        "blocks_storage": {
            "tsdb": {"dir": f"{folder}/tsdb", "retention_period": RETENTION_PERIOD},
            "bucket_store": {"sync_dir": f"{folder}/sync"},
            "backend": "filesystem",
            "filesystem": {"dir": f"{folder}/blocks"},
        },
        "compactor": {"data_dir": f"{folder}/compactor", "sharding_ring": LOOPBACK},
        "store_gateway": {"sharding_ring": LOOPBACK},
        "frontend_worker": {"match_max_concurrent": True},
        "ruler": {"enable_api": True, "rule_path": f"{folder}/evaluated", "ring": LOOPBACK},
        "ruler_storage": {"backend": "local", "local": {"directory": f"{folder}/rules"}},
        "alertmanager": {
            "data_dir": f"{folder}/alertmanager",
            "external_url": "http://127.0.0.1/alertmanager",
            "cluster": {"listen_address": ""},
        },
        "alertmanager_storage": {"backend": "local", "local": {"path": f"{folder}/receivers"}},
        "limits": limits,
    }


TRIED = TriedBackend(
    name=f"cortex-{CORTEX.version}",
    backend="cortex",
    version=CORTEX.version,
    start=deployed,
    counter=COUNTER,
    keeps_first_increments=False,
)
