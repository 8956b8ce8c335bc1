/** Counts requests of tenants in a Worker in workerd, whose shards push to a backend; ends when all of them are pushed. */

import { bundle, runConcurrently, startWorker, waitFor } from "../../worker/tests/workerd.ts";

const { requests, tenants, shards, bindings } = JSON.parse(process.env.PUSH!) as {
  requests: number;
  tenants: number;
  shards: number;
  bindings: Record<string, string>;
};

async function push(): Promise<void> {
  const intervals = { TELEMETRY_WINDOW_MS: 100, TELEMETRY_PUSH_MS: 250, TELEMETRY_FULL_MS: 500 };
  const worker = await startWorker({ script: await bundle("workers/counting.ts"), bindings: { ...intervals, TELEMETRY_SHARDS: shards, ...bindings } });
  try {
    await runConcurrently(requests, 50, (n) => worker.fetchText("/", { tenant: `tenant-${n % tenants}` }));
    await waitFor(() => stored(worker.fetchText), (counts) => counts.every(Boolean) && counts.reduce((a, b) => a + b) >= requests);
    await new Promise((resolve) => setTimeout(resolve, 2_000)); // some pushes more
    console.log(JSON.stringify(worker.lines.filter((line) => line.includes("error"))));
  } finally {
    await worker.stop();
  }
}

/** The series that each shard has. */
function stored(fetchText: (path: string) => Promise<string>): Promise<number[]> {
  return Promise.all(Array.from({ length: shards }, async (_, shard) => {
    const { increments } = JSON.parse(await fetchText(`/shard-${shard}/stored`)) as { increments: number };
    return increments / 2; // a request is counted and its latency observed
  }));
}

void push();
