/** One isolate with fake shards that can fail, and with fake timers. */

import { vi } from "vitest";
import type { MetricsBatch } from "../src/batch.ts";
import type { Meter } from "../src/meter.ts";
import type { TelemetryEnv } from "../src/config.ts";

export const CHAT = { tenant_id: "acme", route: "/chat" } as const;

/** Fake shards: each adds a batch once. `before` and `after` run around the adding and may throw or wait. */
export class FakeShards {
  readonly calls: { shard: string; at: number; ids: string[] }[] = [];
  readonly batches = new Map<string, { shard: string; batch: MetricsBatch }>();
  before: () => unknown = () => undefined;
  after: () => unknown = () => undefined;
  readonly namespace = { idFromName: (name: string) => name, get: (name: string) => ({ add: this.#addTo(name) }) };

  total(metric = "requests_total"): number {
    return this.#deltas(metric).reduce((sum, { numbers }) => sum + numbers.at(-1)!, 0);
  }

  /** Returns the shards that received each series of a metric, by the key of the series. */
  shardsBySeries(metric: string): Map<string, Set<string>> {
    const shardsByKey = new Map<string, Set<string>>();
    for (const { shard, key } of this.#deltas(metric)) shardsByKey.set(key, (shardsByKey.get(key) ?? new Set()).add(shard));
    return shardsByKey;
  }

  #deltas(metric: string) {
    const deltas = [...this.batches.values()].map(({ shard, batch }) => batch.deltas.map((delta) => ({ shard, ...delta })));
    return deltas.flat().filter(({ key }) => key.startsWith(`${metric}@`));
  }

  #addTo(shard: string) {
    return async (_: string, batches: MetricsBatch[]): Promise<void> => {
      this.calls.push({ shard, at: Date.now(), ids: batches.map(({ id }) => id) });
      await this.before();
      for (const batch of batches) if (!this.batches.has(batch.id)) this.batches.set(batch.id, { shard, batch });
      await this.after();
    };
  }
}

export let shards: FakeShards;
export let meter: Meter;
/** What was passed to `context.waitUntil`. */
export let backgroundTasks: Promise<unknown>[];
export let logged: string[];
export const context = { waitUntil: (task: Promise<unknown>): void => void backgroundTasks.push(task) };

/** Starts a new isolate. */
export async function startIsolate(): Promise<void> {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  vi.spyOn(Math, "random").mockReturnValue(1); // the maximum of each backoff: 1, 2, 4, 8 … seconds
  logged = [];
  for (const level of ["log", "warn"] as const) {
    vi.spyOn(console, level).mockImplementation((line) => void logged.push(line));
  }
  shards = new FakeShards();
  vi.resetModules(); // an isolate's state lives in its modules
  meter = (await import("../src/meter.ts")).getMeter("worker-api");
  backgroundTasks = [];
}

export function stopIsolate(): void {
  vi.useRealTimers();
  vi.restoreAllMocks();
}

/** Counts one request and flushes at its end. */
export function request(settings: Partial<Record<keyof TelemetryEnv, unknown>> = {}): Promise<void> | undefined {
  meter.count("requests_total", CHAT);
  return meter.flush({ TELEMETRY: shards.namespace, ...settings } as never, context);
}
export const loggedMessages = (): string[] => logged.map((line) => JSON.parse(line).message);
export const fail = (): never => { throw new Error("storage is down"); }; // prettier-ignore
