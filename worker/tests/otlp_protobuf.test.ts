/** Requests in Protocol Buffers say what those in JSON say: both are read by OpenTelemetry's own message types, in Python. */

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { StoredSeries } from "../src/counter_store.ts";
import { otlpRequest } from "../src/otlp.ts";
import { ProtobufEncoder } from "../src/otlp_protobuf.ts";

const PYTHON = fileURLToPath(new URL("../../.venv/bin/python", import.meta.url));
const WITHOUT_PYTHON = existsSync(PYTHON) ? "" : " (skipped: .venv is missing; `make worker` needs `make venv`)";
const testWithPython = test.skipIf(!existsSync(PYTHON) && !process.env.CI);

/** Reads pairs of requests, and prints which differ, and what the first one has. */
const SCRIPT = `
import base64, json, sys
from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest as Request
pairs = json.load(sys.stdin)
read = [(Request.FromString(base64.b64decode(sent)), json_format.Parse(text, Request())) for sent, text in pairs]
different = [index for index, (sent, expected) in enumerate(read) if sent != expected]
print(json.dumps({"different": different, "first": json_format.MessageToDict(read[0][0])}))
`;

const METRICS = {
  counter: { name: "requests_total", kind: "counter", labels: ["tenant_id", "route"], buckets: [] },
  gauge: { name: "telemetry_heartbeat_timestamp_seconds", kind: "gauge", labels: ["service"], buckets: [] },
  histogram: { name: "latency_ms", kind: "histogram", labels: ["route"], buckets: [0.5, 10, 1000] },
};

interface Decoded {
  readonly different: number[];
  readonly first: { resourceMetrics: { resource: unknown; scopeMetrics: { scope: unknown; metrics: unknown[] }[] }[] };
}

function decoded(requests: readonly object[]): Decoded {
  const encoder = new ProtobufEncoder();
  const pairs = requests.map((request) => [Buffer.from(encoder.encode(request)).toString("base64"), JSON.stringify(request)]);
  return JSON.parse(execFileSync(PYTHON, ["-c", SCRIPT], { input: JSON.stringify(pairs), maxBuffer: 2 ** 26 }).toString()) as Decoded;
}

const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ minLength: 200, maxLength: 20_000 }));
const time = fc.integer({ min: 1, max: 4_102_444_800_000 });
const count = fc.oneof(fc.nat(), fc.integer({ min: 0, max: 2 ** 50 }));
const value = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0); // JSON has no negative zero
const exemplars = fc.option(fc.array(fc.option(fc.record({ at: time, value, requestId: text }), { nil: undefined }), { maxLength: 4 }), { nil: undefined });
const series = fc.constantFrom(...Object.values(METRICS)).chain((metric) =>
  fc.record({
    metric: fc.constant(metric),
    labelValues: fc.array(text, { minLength: metric.labels.length, maxLength: metric.labels.length }),
    startTime: time,
    numbers: fc.tuple(...metric.buckets.map(() => count), count, value).map((numbers) => numbers),
    exemplars,
  }),
) as unknown as fc.Arbitrary<StoredSeries>;
const request = fc.record({ shard: text, at: time, series: fc.array(series, { maxLength: 30 }) }).map(otlpRequest);

testWithPython(`any request has the same contents in both encodings${WITHOUT_PYTHON}`, () => {
  expect(decoded(fc.sample(request, { numRuns: 300, seed: 1 })).different).toEqual([]);
}, 60_000);

testWithPython(`every field of a counter, a gauge and a histogram arrives${WITHOUT_PYTHON}`, () => {
  const snapshot = {
    shard: "shard-0",
    at: 1_700_000_000_250,
    prefix: "acme_",
    series: [
      { metric: METRICS.counter, labelValues: ["größer", "/chat"], startTime: 1_700_000_000_001, numbers: [3, 2.5], exemplars: [{ at: 5, value: 1, requestId: "an id" }] },
      { metric: METRICS.gauge, labelValues: ["worker-api"], startTime: 1, numbers: [1, 1] },
      { metric: METRICS.histogram, labelValues: ["/chat"], startTime: 2, numbers: [1, 0, 2 ** 40, 7, -0.5] },
    ] as unknown as StoredSeries[],
  };
  const { resourceMetrics } = decoded([otlpRequest(snapshot)]).first;
  const attribute = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
  const platform = attribute("platform", "production");
  expect(resourceMetrics[0]!.resource).toEqual({ attributes: [attribute("service.name", "workers"), attribute("service.instance.id", "shard-0")] });
  const time = "1700000000250000000";
  const counter = {
    attributes: [attribute("tenant_id", "größer"), attribute("route", "/chat"), platform],
    startTimeUnixNano: "1700000000001000000",
    timeUnixNano: time,
    asDouble: 2.5,
    exemplars: [{ timeUnixNano: "5000000", asDouble: 1, filteredAttributes: [attribute("request_id", "an id")] }],
  };
  const histogram = {
    attributes: [attribute("route", "/chat"), platform],
    startTimeUnixNano: "2000000",
    timeUnixNano: time,
    count: String(1 + 2 ** 40 + 7),
    sum: -0.5,
    bucketCounts: ["1", "0", String(2 ** 40), "7"],
    explicitBounds: [0.5, 10, 1000],
  };
  const aggregationTemporality = "AGGREGATION_TEMPORALITY_CUMULATIVE";
  expect(resourceMetrics[0]!.scopeMetrics).toEqual([
    {
      scope: { name: "workers-ai-observability" },
      metrics: [
        { name: "acme_requests_total", sum: { dataPoints: [counter], aggregationTemporality, isMonotonic: true } },
        {
          name: "acme_telemetry_heartbeat_timestamp_seconds",
          gauge: { dataPoints: [{ attributes: [attribute("service", "worker-api"), platform], timeUnixNano: time, asDouble: 1_700_000_000.25 }] },
        },
        { name: "acme_latency_ms", histogram: { dataPoints: [histogram], aggregationTemporality } },
      ],
    },
  ]);
}, 60_000);
