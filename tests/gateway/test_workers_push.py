"""The bytes of the Workers' own encoder, through the Collector: every metric passes the filter."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.conftest import Gateway
from tests.gateway.pushes import series_of
from tests.optional_tools import skip_or_fail

ENCODE = """
import { readFileSync } from "node:fs";
import { METRICS } from "workers-ai-observability/contract";
import { otlpRequest } from "./src/otlp.ts";
import { ProtobufEncoder } from "./src/otlp_protobuf.ts";
const [at, listed] = JSON.parse(readFileSync(process.env.SERIES!, "utf8"));
const exemplar = { at, value: 1, requestId: "6f3b9d1e-3c1f-4f0e-9d55-0e6a4b1f2c3d" };
const series = listed.map(([name, labelValues]: [keyof typeof METRICS, string[]]) => {
  const { buckets = [], ...metric } = { name, ...METRICS[name] } as any;
  const numbers = metric.kind === "histogram" ? [3, ...buckets.map(() => 0), 9] : [3];
  return { metric: { ...metric, buckets }, labelValues, startTime: at - 60000, numbers, exemplars: [exemplar] };
});
const request = otlpRequest({ shard: "shard-0", at, series });
const isJson = process.env.TYPE === "application/json";
process.stdout.write(isJson ? JSON.stringify(request) : new ProtobufEncoder().encode(request));
"""


TYPES = ("application/json", "application/x-protobuf")


@pytest.fixture(params=TYPES)
def push(request: pytest.FixtureRequest, contract: Any, root: Path, tmp_path: Path) -> tuple[str, bytes]:
    """A push of every series, as a shard of the library encodes it, with its media type."""
    worker = root / "worker"
    if shutil.which("node") is None or not (worker / "node_modules").exists():
        skip_or_fail("there is no Node.js with the packages of worker/")
    listed = [(metric["name"], [labels[each] for each in metric["labels"]]) for metric, labels in series_of(contract)]
    (tmp_path / "series.json").write_text(json.dumps([int(time.time() * 1000), listed]), encoding="utf-8")
    alias = "--alias:workers-ai-observability/contract=./tests/contract/contract.gen.ts"
    bundle = ["node_modules/.bin/esbuild", "--bundle", "--format=esm", "--platform=node", "--loader=ts", alias]
    script = subprocess.run(bundle, input=ENCODE.encode(), cwd=worker, capture_output=True, check=True).stdout
    (tmp_path / "encode.mjs").write_bytes(script)
    variables = {"SERIES": str(tmp_path / "series.json"), "TYPE": request.param}
    command = [str(shutil.which("node")), str(tmp_path / "encode.mjs")]
    return request.param, subprocess.run(command, capture_output=True, check=True, env=variables).stdout


def test_everything_that_the_library_encodes_is_stored(
    gateway: Gateway, contract: Any, push: tuple[str, bytes]
) -> None:
    """The Collector drops no point, and Prometheus has as many series of each metric as were pushed."""
    media_type, body = push
    assert gateway.pushes.status("/v1/metrics", body, media_type=media_type) == 200
    filtered = [value for name, value in gateway.own_metrics.samples().items() if "filter_datapoints" in name]
    assert sum(filtered) == 0
    expected: dict[str, int] = {}
    for metric, _ in series_of(contract):
        name = metric["name"] + ("_count" if metric["type"] == "histogram" else "")
        expected[name] = expected.get(name, 0) + 1
    for name, count in expected.items():
        assert len(gateway.prometheus.query(name)) == count, name
