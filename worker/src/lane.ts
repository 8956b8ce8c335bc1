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

/** Keeps each batch until the shard has it. Closed for a while after a failure, longer after each. */
export class Lane {
  /** Milliseconds since 1970: when what has failed may be tried again; 0 where nothing has. */
  retryAt = 0;
  readonly #name: string;
  readonly #service: string;
  /** When each batch may be sent, in milliseconds since 1970. */
  readonly #due = new Map<Batch, number>();
  #failures = 0;

  constructor(name: string, service: string) {
    this.#name = name;
    this.#service = service;
  }

  /** Whether it takes another batch: not while one has failed, so that an outage leaves few that are in doubt. */
  get isOpen(): boolean {
    return !this.#failures && this.#due.size < BATCHES;
  }

  put(batch: Batch): void {
    this.#due.set(batch, 0);
  }

  /** Sends what is due. Never throws, waits for `patience` milliseconds at most, and says if it has opened the lane. */
  async send(namespace: DurableObjectNamespace<TelemetryShard>, now: number, patience: number): Promise<boolean> {
    const batches = [...this.#due.keys()].filter((batch) => now >= Math.max(this.#due.get(batch)!, this.retryAt));
    if (!batches.length) return false;
    for (const batch of batches) this.#due.set(batch, now + LEASE_MS);
    try {
      const stub = namespace.get(namespace.idFromName(this.#name)); // anew each time: one that threw is spent
      await within(patience, stub.add(this.#name, batches));
      for (const batch of batches) this.#due.delete(batch);
      if (!this.#failures) return false;
      this.#failures = this.retryAt = 0;
      this.#say("info", "takes what is counted again.");
      return true;
    } catch (error) {
      this.#close(now, error);
      for (const batch of batches) if (this.#due.has(batch)) this.#due.set(batch, this.retryAt);
      return false;
    }
  }

  #close(sentAt: number, error: unknown): void {
    if (sentAt < this.retryAt) return; // sent before the failure that has closed the lane, so that it counts once
    if (!this.#failures) {
      this.#say("warn", `does not take what is counted (${error}); it waits in memory and is sent again; look at the Durable Object's log.`);
    }
    const isOverloaded = (error as { overloaded?: boolean } | undefined)?.overloaded;
    this.#failures = Math.max(this.#failures + 1, isOverloaded ? OVERLOADED : 1);
    const pause = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** this.#failures);
    this.retryAt = Date.now() + pause * (0.5 + Math.random() / 2);
  }

  #say(level: "info" | "warn", message: string): void {
    notice(this.#service, level, `${this.#name}: ${message}`);
  }
}

/** The promise, or an error when it takes longer. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
