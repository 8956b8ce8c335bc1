/** The OTLP exporter of a shard: it posts the shard's series to a collector. */

import { type Metadata, type Service, TELEMETRY } from "workers-ai-observability/contract";
import { hasCome, isOver } from "./clock.ts";
import { type IntegerSetting, readInteger, type TelemetryEnv } from "./config.ts";
import type { CounterStore, StoredSeries } from "./counter_store.ts";
import { knownService, logDiagnostic } from "./diagnostics.ts";
import { errorMessage } from "./log_text.ts";
import { encodeOtlp } from "./otlp.ts";
import { hintFor, type OtlpTarget, readTarget } from "./otlp_target.ts";

/** A histogram takes about 700 bytes before compression. */
const MAX_SERIES_PER_REQUEST = 1_000;
const MAX_BACKOFF_MS = 60_000;
const MAX_RETRY_AFTER_MS = 5 * 60_000;
const DELETE_EXPIRED_EVERY_MS = 10 * 60_000;
/** Compressing a smaller body costs more than it saves. */
const MIN_COMPRESSED_LENGTH = 1_024;
/** How much of an error response is read: enough for the reason. */
const MAX_EXCERPT_BYTES = 300;
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
/** Why a collector did not accept an export. */
interface ExportError {
  readonly status?: number;
  readonly reason: string;
  readonly hint: string;
  /** How long the collector asks the exporter to wait, in milliseconds. */
  readonly retryAfterMs: number;
}
type ExportResult = ExportError | undefined;

/** Exports the series that have changed at short intervals, and all series at longer ones. */
export class OtlpExporter {
  readonly #store: CounterStore;
  readonly #env: TelemetryEnv;
  readonly #changed = new Set<string>();
  #exportedAllAt = 0;
  #deletedExpiredAt = 0;
  /** Since the last success. */
  #failures = 0;
  /** When the collector may be called again, in milliseconds since 1970. */
  #retryAt = 0;
  readonly #startedAt = Date.now();

  constructor(store: CounterStore, env: TelemetryEnv) {
    this.#store = store;
    this.#env = env;
  }

  markChanged(keys: readonly string[]): void {
    for (const key of keys) this.#changed.add(key);
  }

  /** Exports what is due, and returns when it is to be called again, in milliseconds since 1970. */
  async export(now: number): Promise<number> {
    const intervalMs = this.#integer(EXPORT_MS);
    const isAllDue = isOver(this.#integer(EXPORT_ALL_MS) - intervalMs / 2, this.#exportedAllAt, now);
    if (isOver(DELETE_EXPIRED_EVERY_MS, this.#deletedExpiredAt, now)) {
      this.#deletedExpiredAt = now;
      this.#store.deleteExpired(now);
    }
    if (this.#mayCall(now)) {
      this.#retryAt = 0;
      await this.#exportDue(isAllDue, now, intervalMs);
    }
    return Math.max(Date.now() + intervalMs, this.#retryAt);
  }

  /**
   * Returns for how long nothing was exported, in milliseconds, although the collector may be called: since the last export, or since
   * the start if there was none.
   */
  idleMs(now: number): number {
    const { exportedAt } = this.#store;
    const since = exportedAt > 0 && exportedAt <= now ? exportedAt : this.#startedAt;
    return this.#mayCall(now) ? now - since : 0;
  }

  #mayCall(now: number): boolean {
    return hasCome(this.#retryAt, now, MAX_RETRY_AFTER_MS);
  }

  async #exportDue(isAll: boolean, now: number, intervalMs: number): Promise<void> {
    const keys = isAll ? [...this.#store.series.keys()] : [...this.#changed];
    if (keys.length === 0) return;
    const at = this.#store.nextTimestamp(now);
    this.#store.saveState(this.#store.name);
    const error = await this.#exportKeys(keys, at);
    if (error) {
      this.#failed(error, intervalMs);
      return;
    }
    if (isAll) this.#exportedAllAt = now;
    if (this.#failures > 0) this.#log("info", "the collector accepts metrics again.");
    this.#failures = 0;
  }

  /** Sends all requests, unless one fails in a way that the next would, too. Returns the first error. */
  async #exportKeys(keys: string[], at: number): Promise<ExportResult> {
    let firstError: ExportResult;
    for (let start = 0; start < keys.length; start += MAX_SERIES_PER_REQUEST) {
      const error = await this.#post(keys.slice(start, start + MAX_SERIES_PER_REQUEST), at);
      firstError ??= error;
      if (error && error.status !== 400) break;
    }
    return firstError;
  }

  async #post(keys: string[], at: number): Promise<ExportResult> {
    const { name, series, exemplars } = this.#store;
    const entries = keys.flatMap((key): (readonly [string, StoredSeries])[] => {
      const stored = series.get(key);
      return stored ? [[key, stored]] : [];
    });
    const body = encodeOtlp({ shard: name, at, series: entries, exemplars });
    for (const key of keys) this.#changed.delete(key); // before the request: what changes meanwhile is due again
    const error = await this.#postBody(body);
    if (error) {
      this.markChanged(keys);
      return error;
    }
    for (const key of keys) {
      if (!this.#changed.has(key)) exemplars.delete(key);
    }
    return undefined;
  }

  async #postBody(body: string): Promise<ExportResult> {
    let target: OtlpTarget;
    try {
      target = readTarget(this.#env);
    } catch (error) {
      return { reason: errorMessage(error), hint: "see the README, Configuration", retryAfterMs: 0 };
    }
    return post(body, target, Math.min(target.timeoutMs, this.#integer(EXPORT_ALL_MS)));
  }

  #failed({ status, reason, hint, retryAfterMs }: ExportError, intervalMs: number): void {
    this.#failures += 1;
    if (this.#failures === 1) {
      const metadata: Metadata = status ? { collector_status: status } : {};
      this.#log("warn", `the collector did not accept metrics (${reason}); they are kept and sent again: ${hint}.`, metadata);
    }
    const backoffMs = Math.min(MAX_BACKOFF_MS, intervalMs * 2 ** this.#failures);
    this.#retryAt = Date.now() + Math.max(retryAfterMs, backoffMs);
  }

  #log(level: "info" | "warn", message: string, metadata: Metadata = {}): void {
    logDiagnostic(this.#service(), level, `${this.#store.name}: ${message}`, metadata);
  }

  /** Returns the service of any series: a shard itself belongs to none. */
  #service(): Service {
    for (const { metric, labelValues } of this.#store.series.values()) {
      const index = metric.labels.indexOf("service");
      if (index >= 0) return knownService(labelValues[index]);
    }
    return knownService();
  }

  #integer(setting: IntegerSetting): number {
    return readInteger(this.#env, setting, this.#service());
  }
}

/** Posts OTLP/JSON. Never throws, and follows no redirect, so that credentials are sent nowhere else. */
async function post(text: string, target: OtlpTarget, timeoutMs: number): Promise<ExportResult> {
  try {
    const headers = new Headers(target.headers);
    headers.set("content-type", "application/json"); // with a charset, Prometheus rejects it
    const isCompressed = target.isCompressed && text.length > MIN_COMPRESSED_LENGTH;
    if (isCompressed) headers.set("content-encoding", "gzip");
    const body = isCompressed ? await gzip(text) : new TextEncoder().encode(text);
    const signal = AbortSignal.timeout(timeoutMs);
    return await errorOf(await target.fetch(target.url, { method: "POST", headers, body, signal, redirect: "manual" }), target);
  } catch (error) {
    return { reason: String(error), hint: hintFor(0, target, ""), retryAfterMs: 0 };
  }
}

function gzip(text: string): Promise<ArrayBuffer> {
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}

async function errorOf(response: Response, target: OtlpTarget): Promise<ExportResult> {
  const { ok, status, headers } = response;
  const excerpt = await readExcerpt(response);
  const isPartlyRejected = /"rejectedDataPoints":\s*"?[1-9]/.test(excerpt);
  if (ok && !isPartlyRejected) return undefined;
  const hint = hintFor(status, target, headers.get("www-authenticate") ?? "");
  return { status, reason: `${status} ${excerpt}`, hint, retryAfterMs: parseRetryAfter(headers.get("retry-after"), Date.now()) };
}

async function readExcerpt({ body }: Response): Promise<string> {
  if (!body) return "";
  const reader = body.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value?.slice(0, MAX_EXCERPT_BYTES)).trim();
}

/** Returns the milliseconds of a Retry-After (RFC 9110, 10.2.3: seconds or a date), at most 5 minutes. */
export function parseRetryAfter(retryAfter: string | null, now: number): number {
  if (!retryAfter) return 0;
  const milliseconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now;
  if (Number.isNaN(milliseconds)) return 0;
  return Math.min(MAX_RETRY_AFTER_MS, Math.max(0, milliseconds));
}
