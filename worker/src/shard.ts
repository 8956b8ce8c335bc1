/** The Durable Object that keeps the true counters. */

import { DurableObject } from "cloudflare:workers";
import { type Batch, Ledger } from "./ledger.ts";
import { serviceOf, warnOnce } from "./notice.ts";
import { numberOf, type Setting, type TelemetryEnv } from "./settings.ts";
import { Teller } from "./telling.ts";

const SERIES: Setting = ["TELEMETRY_SERIES", 10_000, 1, 100_000];
const REFUSED =
  "refused what is older than half an hour or not of its contract, and counted it in telemetry_dropped_total; " +
  "deploy all Workers with one contract, or look why batches come late";
const FULL = "new tenants are counted as `other`; look for a flood of tenants, or raise TELEMETRY_SHARDS";

/**
 * One shard: adds up what isolates hand over, each batch once, in its SQLite storage, and tells an OTLP collector.
 * It wakes by its own alarm for ever. Export it from the Worker, bind it as TELEMETRY, migrate by `new_sqlite_classes`.
 */
export class TelemetryShard extends DurableObject<TelemetryEnv> {
  readonly #ledger: Ledger;
  readonly #teller: Teller;

  constructor(state: DurableObjectState, env: TelemetryEnv) {
    super(state, env);
    this.#ledger = new Ledger(state.storage);
    this.#teller = new Teller(this.#ledger, env);
    if (this.#ledger.name) void state.blockConcurrencyWhile(() => this.#setAlarm());
  }

  /** Adds batches to the shard of this name. They are in storage when it answers. */
  async add(name: string, batches: readonly Batch[]): Promise<void> {
    if (this.#ledger.name !== name) this.#ledger.remember(name);
    for (const batch of batches) this.#add(batch);
    await this.#setAlarm();
  }

  #add(batch: Batch): void {
    const service = serviceOf(batch.service);
    const warn = (message: string): void => warnOnce(service, message);
    const limit = numberOf(this.env, SERIES, service);
    const { changed, refused } = this.#ledger.add(batch, Date.now(), limit);
    this.#teller.changed(changed);
    if (refused) warn(`${this.#ledger.name}: ${REFUSED}.`);
    if (this.#ledger.series.size >= limit) warn(`${this.#ledger.name}: has ${limit} series; ${FULL}.`);
  }

  /** Tells the collector, and sets the next alarm whatever comes. */
  override async alarm(): Promise<void> {
    let next = Date.now() + 60_000;
    try {
      next = await this.#teller.tell(Date.now());
    } finally {
      await this.ctx.storage.setAlarm(next);
    }
  }

  /** Sets an alarm where there is none: the runtime gives one up after it failed often enough. */
  async #setAlarm(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now());
  }
}
