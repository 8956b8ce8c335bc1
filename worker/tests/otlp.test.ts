/** The names of metrics in what is pushed to Prometheus. */

import { expect, test } from "vitest";
import { TELEMETRY } from "workers-ai-observability/contract";
import type { StoredSeries } from "../src/counter_store.ts";
import { encodeOtlp } from "../src/otlp.ts";

const SERIES = {
  metric: { name: "requests_total", kind: "counter", labels: [] },
  labelValues: [],
  startTime: 1,
  numbers: [7],
} as unknown as StoredSeries;
const SNAPSHOT = { shard: "a", at: 2, series: [["key", SERIES]] as const, exemplars: new Map() };

test.each([
  ["the contract's prefix", SNAPSHOT, `${TELEMETRY.metricPrefix}requests_total`],
  ["another prefix", { ...SNAPSHOT, prefix: "acme_" }, "acme_requests_total"],
])("with %s the name of a metric begins with it", (_, snapshot, name) => {
  const { resourceMetrics } = JSON.parse(encodeOtlp(snapshot));
  expect(resourceMetrics[0].scopeMetrics[0].metrics[0].name).toBe(name);
});
