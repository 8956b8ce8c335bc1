/** The names of metrics and the labels of the platform in what is pushed to Prometheus. */

import { expect, test } from "vitest";
import { TELEMETRY } from "workers-ai-observability/contract";
import type { StoredSeries } from "../src/counter_store.ts";
import { otlpRequest } from "../src/otlp.ts";

const SERIES = {
  metric: { name: "requests_total", kind: "counter", labels: [] },
  labelValues: [],
  startTime: 1,
  numbers: [7],
} as unknown as StoredSeries;
const SNAPSHOT = { shard: "a", at: 2, series: [SERIES] };

test.each([
  ["the contract's prefix", SNAPSHOT, `${TELEMETRY.metricPrefix}requests_total`],
  ["another prefix", { ...SNAPSHOT, prefix: "acme_" }, "acme_requests_total"],
])("with %s the name of a metric begins with it", (_, snapshot, name) => {
  const { resourceMetrics } = JSON.parse(JSON.stringify(otlpRequest(snapshot)));
  expect(resourceMetrics[0].scopeMetrics[0].metrics[0].name).toBe(name);
});

/** The points of a snapshot of a counter, a gauge and a histogram. */
function pointsOfEachKind(): { attributes: { key: string; value: { stringValue: string } }[] }[] {
  const series = (["counter", "gauge", "histogram"] as const).map((kind) => {
    const metric = { name: kind, kind, labels: ["route"], ...(kind === "histogram" && { buckets: [10] }) };
    return { metric, labelValues: ["/chat"], startTime: 1, numbers: [1, 0, 5] } as unknown as StoredSeries;
  });
  const { resourceMetrics } = JSON.parse(JSON.stringify(otlpRequest({ ...SNAPSHOT, series })));
  return resourceMetrics[0].scopeMetrics[0].metrics.map(
    (metric: Record<string, { dataPoints: unknown[] }>) => (metric.sum ?? metric.gauge ?? metric.histogram)!.dataPoints[0],
  );
}

test("every point has the platform's name beside the labels of its metric", () => {
  const points = pointsOfEachKind();
  expect(points).toHaveLength(3);
  for (const { attributes } of points) {
    expect(attributes.map(({ key, value }) => [key, value.stringValue])).toEqual([["route", "/chat"], ["platform", "production"]]);
  }
});
