/** What a real Prometheus has, in its shipped configuration, equals what was requested: raw values, to the unit. */

import { afterEach, expect, test } from "vitest";
import { Prometheus, PROMETHEUS, WITHOUT_PROMETHEUS } from "./prometheus.ts";
import { Stage } from "./stage.ts";
import { crowd, until } from "./workerd.ts";

const stage = new Stage();
afterEach(() => stage.end());
const proof = test.skipIf(!PROMETHEUS && !process.env.CI);
const start = async (): Promise<Prometheus> => stage.ending(await Prometheus.start(stage.folder()));

proof(`raw values equal what was requested${WITHOUT_PROMETHEUS}`, async () => {
  const prometheus = await start();
  const worker = await stage.worker(prometheus.receiver, { TELEMETRY_SHARDS: 2, TELEMETRY_PUSH_MS: 250 });
  await crowd(2_000, 50, (n) => worker.ask("/", { tenant: n % 4 ? "acme" : "globex" }));
  const total = "sum(requests_total)";
  await until(() => prometheus.number(total), (number) => number >= 2_000);
  expect(await prometheus.number(total)).toBe(2_000);
  expect(await prometheus.number('requests_total{tenant_id="acme",route="/chat",service="worker-api"}')).toBe(1_500);
  expect(await prometheus.number('latency_ms_bucket{tenant_id="globex",le="10"}')).toBe(500);
  expect(await prometheus.number('latency_ms_bucket{tenant_id="globex",le="5"}')).toBe(0);
  expect(await prometheus.number("sum(latency_ms_sum)")).toBe(2_000 * 7);
  expect(await prometheus.number("count(requests_total)")).toBe(2);
  expect(await prometheus.number("count(telemetry_heartbeat_timestamp_seconds)")).toBe(1);
});

proof(`\`increase\` sees a counter's first increment, for its birth is told${WITHOUT_PROMETHEUS}`, async () => {
  const prometheus = await start();
  const worker = await stage.worker(prometheus.receiver);
  await worker.ask("/");
  const samples = () => prometheus.number("count_over_time(requests_total[5m])");
  await until(samples, (number) => number >= 3);
  expect(await prometheus.number("requests_total")).toBe(1);
  expect(await prometheus.number("increase(requests_total[5m])")).toBeGreaterThanOrEqual(1); // it extrapolates
  expect(await prometheus.number("min_over_time(requests_total[5m])")).toBe(0); // at its birth
});

proof(`an exemplar leads from a bucket, and from an error, to the request${WITHOUT_PROMETHEUS}`, async () => {
  const prometheus = await start();
  const worker = await stage.worker(prometheus.receiver);
  const requestId = await worker.ask("/", { latency: "123", fails: "yes" });
  const [found] = await until(() => prometheus.exemplars("latency_ms_bucket"), (exemplars) => exemplars.length > 0);
  expect(found!.seriesLabels.le).toBe("250");
  expect(found!.exemplars.map(({ labels, value }) => [labels, value])).toEqual([[{ request_id: requestId }, "123"]]);
  const [failed] = await prometheus.exemplars("errors_total");
  expect(failed!.exemplars.map(({ labels }) => labels)).toEqual([{ request_id: requestId }]);
});

proof(`Prometheus killed and started again loses nothing${WITHOUT_PROMETHEUS}`, async () => {
  const prometheus = await start();
  const worker = await stage.worker(prometheus.receiver);
  await crowd(500, 20, () => worker.ask("/"));
  await until(() => prometheus.number("sum(requests_total)"), (number) => number > 0);
  await prometheus.kill();
  await crowd(500, 20, () => worker.ask("/"));
  await prometheus.start();
  await until(() => prometheus.number("sum(requests_total)"), (number) => number >= 1_000);
  await crowd(500, 20, () => worker.ask("/"));
  await until(() => prometheus.number("sum(requests_total)"), (number) => number >= 1_500);
  expect(await prometheus.number("sum(requests_total)")).toBe(1_500);
  expect(await prometheus.number("count(requests_total)")).toBe(1);
  expect(await prometheus.number("resets(requests_total[10m])")).toBe(0);
});
