/** The Durable Object that stores the counters. */

import { DurableObject } from "cloudflare:workers";
import { TELEMETRY } from "workers-ai-observability/contract";
import type { MetricsBatch, ShardRpc } from "./batch.ts";
import { isOver } from "./clock.ts";
import { type IntegerSetting, readInteger, type TelemetryEnv } from "./config.ts";
import { CounterStore } from "./counter_store.ts";
import { knownService, logDiagnostic, warnOnce } from "./diagnostics.ts";
import { MAX_NEXT_EXPORT_MS, OtlpExporter } from "./otlp_exporter.ts";

/** As many have room in an object's memory: docs/cost.md has what was measured. */
const MAX_SERIES: IntegerSetting = { name: "TELEMETRY_SERIES", fallback: 200_000, min: 1, max: 200_000 };
const RETRY_ALARM_MS = 60_000;
/** An alarm that is late by this was lost. */
const MAX_LATE_ALARM_MS = 60_000;
/** A shard that has exported nothing for this long says so, and again after `REPEAT_WARNING_MS`. */
const MAX_IDLE_MS = Math.max(2 * 60_000, 2 * TELEMETRY.pushIntervalMs);
const REPEAT_WARNING_MS = 10 * 60_000;
const REJECTED =
  "dropped metrics that are older than 30 minutes or not in its contract; deploy all Workers with one contract";
const FULL =
  "new tenants count as `other`; look for invented tenants, or raise TELEMETRY_SHARDS";

/**
 * One shard: it adds up the batches of all isolates, each batch once, in its SQLite storage, and exports the sums by OTLP. An
 * alarm is always set. Export it from the Worker, bind it as TELEMETRY, and add a migration with `new_sqlite_classes`.
 */
export class TelemetryShard extends DurableObject<TelemetryEnv> implements ShardRpc {
  readonly #store: CounterStore;
  readonly #exporter: OtlpExporter;
  #warnedIdleAt = 0;

  constructor(state: DurableObjectState, env: TelemetryEnv) {
    super(state, env);
    this.#store = new CounterStore(state.storage);
    this.#exporter = new OtlpExporter(this.#store, env);
    if (this.#store.name) void state.blockConcurrencyWhile(() => this.#ensureAlarm());
  }

  /** Adds batches to the shard of this name. They are in storage when it returns. */
  async add(name: string, batches: readonly MetricsBatch[]): Promise<void> {
    this.#store.newRequests += 1;
    if (this.#store.name !== name) this.#store.saveName(name);
    for (const batch of batches) this.#add(batch);
    this.#store.foldIfDue(Date.now());
    await this.#ensureAlarm(this.#isIdle(batches[0]?.service));
  }

  #add(batch: MetricsBatch): void {
    const service = knownService(batch.service);
    const maxSeries = readInteger(this.env, MAX_SERIES, service);
    const { rejected, overflowed } = this.#store.add(batch, Date.now(), maxSeries);
    const { name } = this.#store;
    if (rejected > 0) warnOnce(service, `${name}: ${REJECTED}.`);
    if (overflowed > 0) warnOnce(service, `${name}: has ${maxSeries} series; ${FULL}.`);
  }

  /** Exports, and sets the next alarm even if the export throws. */
  override async alarm(): Promise<void> {
    this.#store.newRequests += 1;
    let nextAlarm = Date.now() + RETRY_ALARM_MS;
    try {
      nextAlarm = await this.#exporter.export(Date.now());
    } finally {
      await this.#setAlarm(nextAlarm);
    }
  }

  async #setAlarm(at: number): Promise<void> {
    this.#store.storage.rowsWritten += 1;
    await this.ctx.storage.setAlarm(at);
  }

  /** Returns whether the shard has exported nothing for too long, and says so. */
  #isIdle(service: string | undefined): boolean {
    const now = Date.now();
    const idleMs = this.#exporter.idleMs(now);
    if (idleMs < MAX_IDLE_MS) return false;
    if (isOver(REPEAT_WARNING_MS, this.#warnedIdleAt, now)) {
      this.#warnedIdleAt = now;
      const minutes = Math.round(idleMs / 60_000);
      const message = `${this.#store.name}: has exported nothing for ${minutes} minutes; its alarm is set again.`;
      logDiagnostic(knownService(service), "warn", message);
    }
    return true;
  }

  /**
   * Sets an alarm if there is none, because the runtime deletes an alarm that has failed too often; or if it is late, or further ahead
   * than any export can be, as one of a wrong clock.
   */
  async #ensureAlarm(isIdle = false): Promise<void> {
    const now = Date.now();
    const alarm = (await this.ctx.storage.getAlarm()) ?? 0;
    const isSensible = alarm > now - MAX_LATE_ALARM_MS && alarm <= now + MAX_NEXT_EXPORT_MS;
    if (isIdle || !isSensible) await this.#setAlarm(now);
  }
}
