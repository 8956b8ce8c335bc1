/** A collector that a shard exports to: what it has not accepted yet, and when it may be called again. */

import type { Metadata } from "workers-ai-observability/contract";
import { hasCome, isOver } from "./clock.ts";
import type { TelemetryEnv } from "./config.ts";
import type { CounterStore, StoredSeries } from "./counter_store.ts";
import { knownService, logDiagnostic } from "./diagnostics.ts";
import { errorMessage } from "./log_text.ts";
import { otlpRequest } from "./otlp.ts";
import { type ExportError, type ExportResult, MAX_RETRY_AFTER_MS, OtlpPoster } from "./otlp_post.ts";
import { endpointNumber, type EndpointSuffix, type OtlpTarget, readTarget } from "./otlp_target.ts";

/** A histogram takes about 700 bytes before compression. */
const MAX_SERIES_PER_REQUEST = 1_000;
const MAX_BACKOFF_MS = 60_000;

/** How often a shard exports, in milliseconds. */
export interface Intervals {
  readonly changedMs: number;
  readonly allMs: number;
}

/** What is exported to an endpoint at once. */
export interface Export {
  readonly slots: readonly number[];
  /** Whether these are all series. */
  readonly isAll: boolean;
  /** The timestamp of all points, in milliseconds since 1970. */
  readonly at: number;
  /** Series that are not in storage. */
  readonly others: readonly StoredSeries[];
  readonly intervals: Intervals;
}

export class OtlpEndpoint {
  /** How many requests it has not accepted since the object started. */
  failedRequests = 0;
  /** When it may be called again, in milliseconds since 1970. */
  retryAt = 0;
  readonly #store: CounterStore;
  readonly #env: TelemetryEnv;
  readonly #suffix: EndpointSuffix;
  readonly #poster = new OtlpPoster();
  /** The slots of series that have changed since it accepted them. */
  readonly #changed: Set<number>;
  #exportedAllAt = 0;
  /** Since the last success. */
  #failures = 0;
  #isRunning = false;

  constructor(store: CounterStore, env: TelemetryEnv, suffix: EndpointSuffix) {
    this.#store = store;
    this.#env = env;
    this.#suffix = suffix;
    this.#changed = store.follow();
  }

  get number(): string {
    return endpointNumber(this.#suffix);
  }

  mayCall(now: number): boolean {
    return hasCome(this.retryAt, now, MAX_RETRY_AFTER_MS);
  }

  /** Returns what is due now; nothing while an earlier export is not over. */
  due(now: number, { changedMs, allMs }: Intervals): Pick<Export, "slots" | "isAll"> {
    const isAll = isOver(allMs - changedMs / 2, this.#exportedAllAt, now);
    if (this.#isRunning || !this.mayCall(now)) return { slots: [], isAll };
    this.retryAt = 0;
    return { slots: [...(isAll ? this.#store.table.slots() : this.#changed)], isAll };
  }

  /** Sends what is due, and decides when it may be called again. */
  async export(due: Export): Promise<void> {
    const startedAt = Date.now();
    this.#isRunning = true;
    try {
      const error = await this.#exportSlots(due);
      if (error) this.#failed(error, due.intervals.changedMs);
      else this.#succeeded(due.isAll, startedAt);
    } finally {
      this.#isRunning = false;
    }
  }

  /** Sends all requests, unless one fails in a way that the next would, too. Returns the first error. */
  async #exportSlots(due: Export): Promise<ExportResult> {
    const { slots, others } = due;
    let firstError: ExportResult;
    for (let start = 0; start < slots.length; start += MAX_SERIES_PER_REQUEST) {
      const part = slots.slice(start, start + MAX_SERIES_PER_REQUEST);
      const error = await this.#post(part, due, start + part.length === slots.length ? others : []);
      firstError ??= error;
      if (error && error.status !== 400) break;
    }
    return firstError;
  }

  async #post(slots: readonly number[], { at, intervals }: Export, others: readonly StoredSeries[]): Promise<ExportResult> {
    const { name, exemplars } = this.#store;
    const series = slots.flatMap((slot) => {
      this.#changed.delete(slot); // before the request: what changes meanwhile is due again
      return this.#store.read(slot) ?? [];
    });
    const error = await this.#send(otlpRequest({ shard: name, at, series: [...series, ...others] }), intervals.allMs);
    if (error) this.failedRequests += 1;
    for (const slot of slots) {
      if (error) this.#changed.add(slot);
      else if (!this.#changed.has(slot)) exemplars.delete(slot);
    }
    return error;
  }

  async #send(request: object, maxMs: number): Promise<ExportResult> {
    let target: OtlpTarget;
    try {
      target = readTarget(this.#env, this.#suffix);
    } catch (error) {
      return { reason: errorMessage(error), hint: "see the README" };
    }
    return this.#poster.post(request, target, Math.min(target.timeoutMs, maxMs));
  }

  #succeeded(isAll: boolean, startedAt: number): void {
    if (isAll) this.#exportedAllAt = startedAt;
    if (this.#failures > 0) this.#log("info", `${this.#title()} accepts metrics again.`);
    this.#failures = 0;
  }

  #failed({ status, reason, hint, retryAfterMs = 0 }: ExportError, intervalMs: number): void {
    this.#failures += 1;
    if (this.#failures === 1) {
      const metadata: Metadata = status ? { collector_status: status } : {};
      this.#log("warn", `${this.#title()} did not accept metrics (${reason}); they are kept and sent again: ${hint}.`, metadata);
    }
    const backoffMs = Math.min(MAX_BACKOFF_MS, intervalMs * 2 ** this.#failures);
    this.retryAt = Date.now() + Math.max(retryAfterMs, backoffMs);
  }

  #title(): string {
    return this.#suffix ? `collector ${this.number}` : "the collector";
  }

  #log(level: "info" | "warn", message: string, metadata: Metadata = {}): void {
    logDiagnostic(knownService(this.#store.service()), level, `${this.#store.name}: ${message}`, metadata);
  }
}
