/** A Worker that accumulates the metrics of many requests, and returns the microseconds per request. */

import { otlpRequest } from "../../src/otlp.ts";
import { type Meter, getMeter } from "../../src/meter.ts";
import { METRIC_DEFINITIONS, parseSeriesKey, seriesKey, zeros } from "../../src/series.ts";

const REQUESTS = 100_000;
const TENANTS = Array.from({ length: 20 }, (_, n) => `tenant-${n}`);

/** Counts the four metrics of one request. */
function countRequest(meter: Meter, n: number): void {
  const labels = { tenant_id: TENANTS[n % TENANTS.length]!, route: "/chat" } as const;
  meter.count("requests_total", labels);
  meter.observe("latency_ms", labels, n % 1_000, "8f1f7c1e-6f0e-4b5e-9a52-3f2f6c7d1a90");
  meter.count("kv_reads_total", labels);
  meter.observe("rag_retrieval_count", labels, 5);
}

/** The baseline: encodes the four metrics of one request as OTLP/JSON without accumulating them. */
function exportRequest(n: number): string {
  const labels = { tenant_id: TENANTS[n % TENANTS.length]!, route: "/chat" };
  const names = ["requests_total", "latency_ms", "kv_reads_total", "rag_retrieval_count"] as const;
  const series = names.map((name) => {
    const key = seriesKey(METRIC_DEFINITIONS[name], labels, "worker-api");
    const numbers = zeros(METRIC_DEFINITIONS[name]).map(() => 1);
    return { ...parseSeriesKey(key)!, startTime: 1, numbers };
  });
  return JSON.stringify(otlpRequest({ shard: "isolate", at: 2, series }));
}

function microsecondsPerCall(calls: number, work: (n: number) => void): number {
  const start = performance.now();
  for (let n = 0; n < calls; n++) work(n);
  return ((performance.now() - start) * 1000) / calls;
}

export default {
  fetch(): Response {
    const meter = getMeter("worker-api");
    const accumulating = microsecondsPerCall(REQUESTS, (n) => countRequest(meter, n));
    const exporting = microsecondsPerCall(REQUESTS / 10, exportRequest);
    return Response.json({ accumulating, exporting });
  },
};
