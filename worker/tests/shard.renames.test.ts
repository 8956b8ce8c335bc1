/** A shard between Workers that count under an earlier name and Workers that count under the new one, in workerd. */

import { afterEach, expect, test } from "vitest";
import { METRIC_DEFINITIONS, seriesKey } from "../src/series.ts";
import type { Collector } from "./collector.ts";
import { Fixtures } from "./fixtures.ts";
import { EARLIER_NAME } from "./workers/earlier_names.ts";
import { type RunningWorker, waitFor } from "./workerd.ts";

const fixtures = new Fixtures();
afterEach(() => fixtures.dispose());

/** A batch of a Worker that still has the earlier contract: three requests under the earlier name. */
function earlierBatch(): string {
  const key = seriesKey(METRIC_DEFINITIONS.requests_total, { tenant_id: "acme", route: "/chat" }, "worker-api");
  const deltas = [{ key: key.replace("requests_total", EARLIER_NAME), numbers: [3, 3], exemplars: [] }];
  return JSON.stringify([{ id: crypto.randomUUID(), takenAt: Date.now(), service: "worker-api", deltas }]);
}

async function started(entry: string): Promise<{ collector: Collector; worker: RunningWorker }> {
  const collector = await fixtures.collector();
  return { collector, worker: await fixtures.worker(collector.url, {}, undefined, entry) };
}

const startOf = ({ accepted }: Collector, name: string): number =>
  Number([...accepted].find(([series]) => series.startsWith(name))![1].startTimeUnixNano);

test("requests are counted once: what came under the earlier name stays there, the new name begins at 0", async () => {
  const { collector, worker } = await started("workers/renamed.ts");
  await worker.fetchText("/shard-0/add", { batches: earlierBatch() });
  await waitFor(() => collector.total(EARLIER_NAME), (total) => total === 3);
  await worker.fetchText("/", { tenant: "acme" });
  await waitFor(() => collector.total("requests_total"), (total) => total === 1);
  expect(collector.total(EARLIER_NAME, "tenant_id=acme", "route=/chat", "service=worker-api")).toBe(3);
  expect(startOf(collector, "requests_total")).toBeGreaterThan(startOf(collector, EARLIER_NAME));
  expect(collector.total("telemetry_dropped_total")).toBe(0);
});

test("a restart of the shard loses nothing of either name", async () => {
  const { collector, worker } = await started("workers/renamed.ts");
  await worker.fetchText("/shard-0/add", { batches: earlierBatch() });
  await worker.fetchText("/", { tenant: "acme" });
  await worker.fetchText("/shard-0/crash");
  await worker.fetchText("/shard-0/add", { batches: earlierBatch() });
  await worker.fetchText("/", { tenant: "acme" });
  await waitFor(() => collector.total(EARLIER_NAME), (total) => total === 6);
  await waitFor(() => collector.total("requests_total"), (total) => total === 2);
});

test("without the rename in the contract such a batch is rejected, and counted as dropped", async () => {
  const { collector, worker } = await started("workers/counting.ts");
  await worker.fetchText("/shard-0/add", { batches: earlierBatch() });
  await waitFor(() => collector.total("telemetry_dropped_total"), (total) => total === 3);
  expect(collector.total(EARLIER_NAME)).toBe(0);
});
