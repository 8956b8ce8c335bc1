/** 10,000 full tenants, of 52 series each, on four shards with nothing else set, all seen by one isolate. */

import { afterEach, expect, test } from "vitest";
import { bundle, runConcurrently, startWorker, waitFor } from "./workerd.ts";
import { Fixtures } from "./fixtures.ts";
import type { StoredSums } from "./workers/counting.ts";
import { SERIES_PER_TENANT } from "./workers/full_tenant.ts";

const fixtures = new Fixtures();
afterEach(() => fixtures.dispose());

const TENANTS = 10_000;

test("10,000 full tenants are counted by name, without one `other`, also when one isolate sees them all at once", { timeout: 300_000 }, async () => {
  const script = await bundle("workers/counting.ts");
  const worker = fixtures.use(await startWorker({ script, bindings: { TELEMETRY_SHARDS: 4 } }));
  const tenantsOf = (n: number): string => Array.from({ length: 20 }, (_, index) => 20 * n + index).join();
  await runConcurrently(TENANTS / 20, 20, (n) => worker.fetchText("/", { full: tenantsOf(n) }));
  const expected = TENANTS * SERIES_PER_TENANT;
  const read = async (): Promise<StoredSums> => {
    const shards = [0, 1, 2, 3].map(async (shard) => JSON.parse(await worker.fetchText(`/shard-${shard}/stored`)) as StoredSums);
    return (await Promise.all(shards)).reduce(added);
  };
  const stored = await waitFor(read, ({ increments }) => increments >= expected, 60_000);
  expect(stored).toEqual({ series: expected, increments: expected, others: 0, overflow: 0 });
});

const added = (a: StoredSums, b: StoredSums): StoredSums => ({
  series: a.series + b.series,
  increments: a.increments + b.increments,
  others: a.others + b.others,
  overflow: a.overflow + b.overflow,
});
