/** The OTLP exporter of a shard: it exports the shard's series to its endpoints, each of which has its own retries. */

import { TELEMETRY } from "workers-ai-observability/contract";
import { isOver, sleep } from "./clock.ts";
import { type IntegerSetting, readInteger, type TelemetryEnv } from "./config.ts";
import type { CounterStore, StoredSeries } from "./counter_store.ts";
import { knownService, warnOnce } from "./diagnostics.ts";
import { type Intervals, OtlpEndpoint } from "./otlp_endpoint.ts";
import { MAX_RETRY_AFTER_MS } from "./otlp_post.ts";
import { readEndpoints } from "./otlp_target.ts";
import { METRIC_DEFINITIONS } from "./series.ts";

const DELETE_EXPIRED_EVERY_MS = 10 * 60_000;
/** Rules and dashboards need a sample of each series in this interval: a Worker's variables can only shorten it. */
const MAX_INTERVAL_MS = TELEMETRY.pushIntervalMs;
const EXPORT_MS: IntegerSetting = {
  name: "TELEMETRY_PUSH_MS",
  fallback: Math.round(MAX_INTERVAL_MS / 3),
  min: 100,
  max: MAX_INTERVAL_MS,
};
const EXPORT_ALL_MS: IntegerSetting = {
  name: "TELEMETRY_FULL_MS",
  fallback: MAX_INTERVAL_MS,
  min: 100,
  max: MAX_INTERVAL_MS,
};
/** The next export is never further ahead, whatever the collector asks for. */
export const MAX_NEXT_EXPORT_MS = MAX_RETRY_AFTER_MS + MAX_INTERVAL_MS;
/** The next alarm is never further ahead, so that the log is folded in time. */
const MAX_ALARM_MS = 60_000;
const { telemetry_rows_written_total: ROWS_WRITTEN, telemetry_export_failures_total: EXPORT_FAILURES } = METRIC_DEFINITIONS;

/** Exports the series that have changed at short intervals, and all series at longer ones. */
export class OtlpExporter {
  readonly #store: CounterStore;
  readonly #env: TelemetryEnv;
  readonly #endpoints: readonly OtlpEndpoint[];
  #deletedExpiredAt = 0;
  readonly #startedAt = Date.now();

  constructor(store: CounterStore, env: TelemetryEnv) {
    this.#store = store;
    this.#env = env;
    const { suffixes, problems } = readEndpoints(env);
    this.#endpoints = suffixes.map((suffix) => new OtlpEndpoint(store, env, suffix));
    for (const problem of problems) warnOnce(knownService(store.service()), problem);
  }

  /** Exports what is due, and returns when it is to be called again, in milliseconds since 1970. */
  async export(now: number): Promise<number> {
    const intervals = { changedMs: this.#integer(EXPORT_MS), allMs: this.#integer(EXPORT_ALL_MS) };
    if (isOver(DELETE_EXPIRED_EVERY_MS, this.#deletedExpiredAt, now)) {
      this.#deletedExpiredAt = now;
      this.#store.deleteExpired(now);
    }
    this.#store.foldIfDue(now);
    await this.#exportDue(now, intervals);
    const after = Date.now();
    // of several endpoints a slow one must not delay the others
    const dueAt = (this.#endpoints.length > 1 ? now : after) + intervals.changedMs;
    const nextExport = Math.min(...this.#endpoints.map(({ retryAt }) => Math.max(dueAt, retryAt)));
    return Math.min(nextExport, after + MAX_ALARM_MS); // folds do not wait for the collectors
  }

  /**
   * Returns for how long nothing was exported, in milliseconds, although a collector may be called: since the last export, or since
   * the start if there was none.
   */
  idleMs(now: number): number {
    const { exportedAt } = this.#store;
    const since = exportedAt > 0 && exportedAt <= now ? exportedAt : this.#startedAt;
    return this.#endpoints.some((endpoint) => endpoint.mayCall(now)) ? now - since : 0;
  }

  /** Exports to all endpoints at once. One of several is not waited for longer than until the next export is due. */
  async #exportDue(now: number, intervals: Intervals): Promise<void> {
    const due = this.#endpoints.map((endpoint) => ({ endpoint, ...endpoint.due(now, intervals) })).filter(({ slots }) => slots.length > 0);
    if (due.length === 0) return;
    const at = this.#store.nextTimestamp(now);
    this.#store.exportedAt = at;
    const exports = due.map(({ endpoint, slots, isAll }) => endpoint.export({ slots, isAll, at, intervals, others: isAll ? this.#counts() : [] }));
    const ended = Promise.all(exports);
    if (this.#endpoints.length === 1) return void (await ended);
    ended.catch(() => undefined); // it may end after this
    await Promise.race([ended, sleep(intervals.changedMs)]);
  }

  /** What the object has counted since it started, which is in memory alone: so the series start when it does. */
  #counts(): StoredSeries[] {
    const service = knownService(this.#store.service());
    const startTime = this.#startedAt;
    const { rowsWritten } = this.#store.storage;
    const failures = this.#endpoints.map(({ number, failedRequests }) => {
      return { metric: EXPORT_FAILURES, labelValues: [service, number], startTime, numbers: [failedRequests, failedRequests] };
    });
    return [{ metric: ROWS_WRITTEN, labelValues: [service], startTime, numbers: [rowsWritten, rowsWritten] }, ...failures];
  }

  #integer(setting: IntegerSetting): number {
    return readInteger(this.#env, setting, knownService(this.#store.service()));
  }
}
