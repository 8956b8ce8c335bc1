/** An isolate whose shards can be told to fail, and whose clock the test turns. */

import { vi } from "vitest";
import type { Batch } from "../src/ledger.ts";
import type { Meter } from "../src/metrics.ts";
import type { TelemetryEnv } from "../src/settings.ts";

export const CHAT = { tenant_id: "acme", route: "/chat" } as const;

/** Shards as they are to a Worker: each adds a batch once. `fails` may throw instead of, or after, the adding. */
export class Shards {
  readonly calls: { shard: string; at: number; ids: string[] }[] = [];
  readonly batches = new Map<string, { shard: string; batch: Batch }>();
  before: () => unknown = () => undefined;
  after: () => unknown = () => undefined;
  readonly namespace = { idFromName: (name: string) => name, get: (name: string) => ({ add: this.#adder(name) }) };

  total(metric = "requests_total"): number {
    return this.#deltas(metric).reduce((sum, { numbers }) => sum + numbers.at(-1)!, 0);
  }

  shardsOf(metric: string): Map<string, Set<string>> {
    const found = new Map<string, Set<string>>();
    for (const { shard, key } of this.#deltas(metric)) found.set(key, (found.get(key) ?? new Set()).add(shard));
    return found;
  }

  #deltas(metric: string) {
    const all = [...this.batches.values()].map(({ shard, batch }) => batch.deltas.map((each) => ({ shard, ...each })));
    return all.flat().filter(({ key }) => key.startsWith(`${metric}@`));
  }

  #adder(shard: string) {
    return async (_: string, batches: Batch[]): Promise<void> => {
      this.calls.push({ shard, at: Date.now(), ids: batches.map(({ id }) => id) });
      await this.before();
      for (const batch of batches) if (!this.batches.has(batch.id)) this.batches.set(batch.id, { shard, batch });
      await this.after();
    };
  }
}

export let shards: Shards;
export let meter: Meter;
export let works: Promise<unknown>[];
export let said: string[];
export const context = { waitUntil: (work: Promise<unknown>): void => void works.push(work) };

/** Begins an isolate anew. */
export async function begin(): Promise<void> {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  vi.spyOn(Math, "random").mockReturnValue(1); // the longest pauses: 1, 2, 4, 8 … seconds
  said = [];
  for (const level of ["log", "warn"] as const) {
    vi.spyOn(console, level).mockImplementation((line) => void said.push(line));
  }
  shards = new Shards();
  vi.resetModules(); // an isolate's state is its modules'
  meter = (await import("../src/metrics.ts")).meterOf("worker-api");
  works = [];
}

export function end(): void {
  vi.useRealTimers();
  vi.restoreAllMocks();
}

/** A request that is counted and hands over. */
export function request(settings: Partial<Record<keyof TelemetryEnv, unknown>> = {}): Promise<void> | undefined {
  meter.count("requests_total", CHAT);
  return meter.handOver({ TELEMETRY: shards.namespace, ...settings } as never, context);
}
export const messages = (): string[] => said.map((line) => JSON.parse(line).message);
export const fail = (): never => { throw new Error("storage is down"); }; // prettier-ignore
