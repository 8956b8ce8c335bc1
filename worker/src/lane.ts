/** The way from an isolate to one shard. */

import type { Batch } from "./ledger.ts";
import { notice } from "./notice.ts";
import type { TelemetryShard } from "./shard.ts";

/** Batches under way to one shard, at most; what is counted meanwhile merges in the tally, which is bounded too. */
const BATCHES = 256;
/** When whoever has a batch must have given up, in milliseconds: then another may send it. */
const LEASE_MS = 10_000;
const LONGEST_PAUSE_MS = 60_000;
/** An overloaded object is asked as late as one that has failed so often. */
const OVERLOADED = 4;

interface Parcel {
  readonly batch: Batch;
  /** Milliseconds since 1970. */
  dueAt: number;
}

/** Keeps each batch until the shard has it. Closed for a while after a failure, longer after each. */
export class Lane {
  readonly #name: string;
  readonly #service: string;
  readonly #parcels = new Set<Parcel>();
  #failures = 0;
  #opensAt = 0;

  constructor(name: string, service: string) {
    this.#name = name;
    this.#service = service;
  }

  /** Milliseconds since 1970: when what has failed may be tried again; undefined where nothing has. */
  get retryAt(): number | undefined {
    return this.#failures ? this.#opensAt : undefined;
  }

  /** Whether it takes another batch: not while one has failed, so that an outage leaves few that are in doubt. */
  get isOpen(): boolean {
    return !this.#failures && this.#parcels.size < BATCHES;
  }

  put(batch: Batch): void {
    this.#parcels.add({ batch, dueAt: 0 });
  }

  /** Sends what is due. Never throws, waits for `patience` milliseconds at most, and says if it has opened the lane. */
  async send(namespace: DurableObjectNamespace<TelemetryShard>, now: number, patience: number): Promise<boolean> {
    const due = [...this.#parcels].filter((parcel) => now >= Math.max(parcel.dueAt, this.#opensAt));
    if (!due.length) return false;
    for (const parcel of due) parcel.dueAt = now + LEASE_MS;
    try {
      const stub = namespace.get(namespace.idFromName(this.#name)); // anew each time: one that threw is spent
      await within(patience, stub.add(this.#name, due.map((parcel) => parcel.batch)));
      for (const parcel of due) this.#parcels.delete(parcel);
      return this.#open();
    } catch (error) {
      this.#close(now, error);
      for (const parcel of due) parcel.dueAt = this.#opensAt;
      return false;
    }
  }

  #open(): boolean {
    if (!this.#failures) return false;
    notice(this.#service, "info", `${this.#name}: takes what is counted again.`);
    this.#failures = this.#opensAt = 0;
    return true;
  }

  #close(sentAt: number, error: unknown): void {
    if (sentAt < this.#opensAt) return; // sent before the failure that has closed the lane, so that it counts once
    if (!this.#failures) {
      const cure = "it waits in memory and is sent again; look at the Durable Object's log";
      notice(this.#service, "warn", `${this.#name}: does not take what is counted (${error}); ${cure}.`);
    }
    const isOverloaded = (error as { overloaded?: boolean } | undefined)?.overloaded;
    this.#failures = Math.max(this.#failures + 1, isOverloaded ? OVERLOADED : 1);
    const pause = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** this.#failures);
    this.#opensAt = Date.now() + pause * (0.5 + Math.random() / 2);
  }
}

/** The promise, or an error when it takes longer. */
async function within<Value>(milliseconds: number, work: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
