/** A Worker that merges the metrics of many requests, and says how many microseconds each took. */

import { otlpOf } from "../../src/otlp.ts";
import { readKey } from "../../src/ledger.ts";
import { keyOf, SHAPES } from "../../src/series.ts";
import { Tally } from "../../src/tally.ts";

const REQUESTS = 100_000;
const TENANTS = Array.from({ length: 20 }, (_, n) => `tenant-${n}`);

/** What one request counts: four metrics of one tenant. */
function count(tally: Tally, n: number): void {
  const labels = { tenant_id: TENANTS[n % TENANTS.length]!, route: "/chat" } as const;
  tally.count("requests_total", labels);
  tally.observe("latency_ms", labels, n % 1_000, "8f1f7c1e-6f0e-4b5e-9a52-3f2f6c7d1a90");
  tally.count("kv_reads_total", labels);
  tally.observe("rag_retrieval_count", labels, 5);
}

/** The peer: a request tells its four metrics itself, as OTLP/JSON, without merging. */
function tell(n: number): string {
  const labels = { tenant_id: TENANTS[n % TENANTS.length]!, route: "/chat" };
  const names = ["requests_total", "latency_ms", "kv_reads_total", "rag_retrieval_count"] as const;
  const series = names.map((name) => {
    const key = keyOf(SHAPES[name], labels, "worker-api");
    const numbers = new Array<number>(SHAPES[name].size).fill(1);
    return [key, { ...readKey(key)!, bornAt: 1, changedAt: 1, numbers }] as const;
  });
  return otlpOf({ shard: "isolate", at: 2, series, exemplars: new Map() });
}

function microseconds(times: number, work: (n: number) => void): number {
  const start = performance.now();
  for (let n = 0; n < times; n++) work(n);
  return ((performance.now() - start) * 1000) / times;
}

export default {
  fetch(): Response {
    const tally = new Tally("worker-api", () => undefined);
    const merging = microseconds(REQUESTS, (n) => count(tally, n));
    const telling = microseconds(REQUESTS / 10, tell);
    return Response.json({ merging, telling });
  },
};
