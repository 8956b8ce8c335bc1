/** A new version of the shard continues with the storage of an earlier one, in workerd with real SQLite storage. */

import { afterEach, expect, test } from "vitest";
import { Fixtures } from "./fixtures.ts";
import { waitFor } from "./workerd.ts";

const fixtures = new Fixtures();
afterEach(() => fixtures.dispose());

test("counters that an earlier version has stored continue, with their start times", async () => {
  const collector = await fixtures.collector();
  const worker = await fixtures.worker(collector.url, {}, undefined, "workers/upgraded.ts");
  const startedAt = Date.now();
  await worker.fetchText("/", { tenant: "acme" });
  await waitFor(() => collector.total("requests_total"), (total) => total > 42);
  expect(collector.total("requests_total", "tenant_id=acme", "route=/chat", "service=worker-api")).toBe(43);
  const requests = [...collector.accepted].find(([name]) => name.startsWith("requests_total"))![1];
  expect(Number(requests.startTimeUnixNano) / 1e6).toBeLessThan(startedAt - 30_000);
  expect(await worker.fetchText("/shard-0/tables")).toBe("0"); // those of the earlier version
  await worker.fetchText("/shard-0/crash");
  await worker.fetchText("/", { tenant: "acme" });
  await waitFor(() => collector.total("requests_total"), (total) => total > 43);
  expect(collector.total("requests_total")).toBe(44);
});
