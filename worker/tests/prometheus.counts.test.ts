/** A real Prometheus with the shipped configuration stores exactly the number of requests that were sent. */

import { afterEach, expect, test } from "vitest";
import { Prometheus, PROMETHEUS, type Sample, WITHOUT_PROMETHEUS } from "./prometheus.ts";
import { Fixtures } from "./fixtures.ts";
import { runConcurrently, waitFor } from "./workerd.ts";

const fixtures = new Fixtures();
afterEach(() => fixtures.dispose());
const testWithPrometheus = test.skipIf(!PROMETHEUS && !process.env.CI);
const start = async (): Promise<Prometheus> => fixtures.use(await Prometheus.start(fixtures.temporaryFolder()));

testWithPrometheus(`stored values equal the number of requests${WITHOUT_PROMETHEUS}`, async () => {
  const prometheus = await start();
  const worker = await fixtures.worker(prometheus.otlpUrl, { TELEMETRY_SHARDS: 2, TELEMETRY_PUSH_MS: 250 });
  await runConcurrently(2_000, 50, (n) => worker.fetchText("/", { tenant: n % 4 ? "acme" : "globex" }));
  const total = "sum(requests_total)";
  await waitFor(() => prometheus.number(total), (number) => number >= 2_000);
  expect(await prometheus.number(total)).toBe(2_000);
  expect(await prometheus.number('requests_total{tenant_id="acme",route="/chat",service="worker-api"}')).toBe(1_500);
  expect(await prometheus.number('latency_ms_bucket{tenant_id="globex",le="10"}')).toBe(500);
  expect(await prometheus.number('latency_ms_bucket{tenant_id="globex",le="5"}')).toBe(0);
  expect(await prometheus.number("sum(latency_ms_sum)")).toBe(2_000 * 7);
  expect(await prometheus.number("count(requests_total)")).toBe(2);
  expect(await prometheus.number("count(telemetry_heartbeat_timestamp_seconds)")).toBe(1);
});

testWithPrometheus(`\`increase\` includes a counter's first increment, because the start time is exported${WITHOUT_PROMETHEUS}`, async () => {
  const prometheus = await start();
  const worker = await fixtures.worker(prometheus.otlpUrl);
  await worker.fetchText("/");
  const samples = () => prometheus.number("count_over_time(requests_total[5m])");
  await waitFor(samples, (number) => number >= 3);
  expect(await prometheus.number("requests_total")).toBe(1);
  expect(await prometheus.number("increase(requests_total[5m])")).toBeGreaterThanOrEqual(1); // `increase` extrapolates
  expect(await prometheus.number("min_over_time(requests_total[5m])")).toBe(0); // Prometheus writes a zero sample at the start time
});

testWithPrometheus(`exemplars of buckets and of error counters have the request's id${WITHOUT_PROMETHEUS}`, async () => {
  const prometheus = await start();
  const worker = await fixtures.worker(prometheus.otlpUrl);
  const requestId = await worker.fetchText("/", { latency: "123", error: "yes" });
  const [latency] = await waitFor(() => prometheus.exemplars("latency_ms_bucket"), (exemplars) => exemplars.length > 0);
  expect(latency!.seriesLabels.le).toBe("250");
  expect(latency!.exemplars.map(({ labels, value }) => [labels, value])).toEqual([[{ request_id: requestId }, "123"]]);
  const [errors] = await prometheus.exemplars("errors_total");
  expect(errors!.exemplars.map(({ labels }) => labels)).toEqual([{ request_id: requestId }]);
});

testWithPrometheus(`no count is lost when Prometheus is killed and restarted${WITHOUT_PROMETHEUS}`, async () => {
  const prometheus = await start();
  const worker = await fixtures.worker(prometheus.otlpUrl);
  await runConcurrently(500, 20, () => worker.fetchText("/"));
  await waitFor(() => prometheus.number("sum(requests_total)"), (number) => number > 0);
  await prometheus.kill();
  await runConcurrently(500, 20, () => worker.fetchText("/"));
  await prometheus.start();
  await waitFor(() => prometheus.number("sum(requests_total)"), (number) => number >= 1_000);
  await runConcurrently(500, 20, () => worker.fetchText("/"));
  await waitFor(() => prometheus.number("sum(requests_total)"), (number) => number >= 1_500);
  expect(await prometheus.number("sum(requests_total)")).toBe(1_500);
  expect(await prometheus.number("count(requests_total)")).toBe(1);
  expect(await prometheus.number("resets(requests_total[10m])")).toBe(0);
});

/** The series that were pushed, with their last values; without those that change with each push. */
async function stored(prometheus: Prometheus): Promise<string[]> {
  const samples = await prometheus.query('{job="workers",__name__!~"telemetry_(heartbeat|rows|export).*"}');
  return samples.map(({ metric, value: [, value] }: Sample) => `${JSON.stringify(metric, Object.keys(metric).sort())} ${value}`).sort();
}

testWithPrometheus(`what is pushed as Protocol Buffers is what is pushed as JSON: names, values, start times and exemplars${WITHOUT_PROMETHEUS}`, async () => {
  const [json, protobuf] = [await start(), await start()];
  const worker = await fixtures.worker(json.otlpUrl, {
    TELEMETRY_PUSH_MS: 250,
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT_2: protobuf.otlpUrl,
    OTEL_EXPORTER_OTLP_PROTOCOL_2: "http/protobuf",
  });
  await runConcurrently(500, 20, (n) => worker.fetchText("/", { tenant: `größer-${n % 20}`, latency: String(n), ...(n % 10 === 0 && { error: "yes" }) }));
  for (const prometheus of [json, protobuf]) {
    await waitFor(() => prometheus.number("sum(requests_total)"), (number) => number >= 500);
    expect(await prometheus.number("sum(requests_total)")).toBe(500);
  }
  const expected = await stored(json);
  expect(expected.length).toBeGreaterThan(20 * 10);
  expect(await stored(protobuf)).toEqual(expected);
  for (const series of ["requests_total", "latency_ms_bucket", "errors_total"]) {
    const [ofJson, ofProtobuf] = [await json.starts(series), await protobuf.starts(series)];
    expect(ofJson.length).toBeGreaterThan(1);
    expect(ofJson.filter((start) => !start.endsWith(" 0"))).toEqual([]);
    expect(ofProtobuf).toEqual(ofJson);
  }
  const exemplars = await waitFor(() => protobuf.exemplars("errors_total"), ({ length }) => length > 0);
  expect(exemplars[0]!.exemplars[0]!.labels).toHaveProperty("request_id");
});
