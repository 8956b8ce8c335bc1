/** The OTLP exporter of a shard: it posts the shard's series to a collector. */

import { type Metadata, type Service, TELEMETRY } from "workers-ai-observability/contract";
import { hasCome, isOver } from "./clock.ts";
import { type IntegerSetting, readInteger, type TelemetryEnv } from "./config.ts";
import type { CounterStore, StoredSeries } from "./counter_store.ts";
import { knownService, logDiagnostic } from "./diagnostics.ts";
import { EncodeBuffer } from "./encode_buffer.ts";
import { errorMessage } from "./log_text.ts";
import { encodeOtlp } from "./otlp.ts";
import { hintFor, type OtlpTarget, readTarget } from "./otlp_target.ts";
import { METRIC_DEFINITIONS } from "./series.ts";

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
/** The next alarm is never further ahead, so that the log is folded in time. */
const MAX_ALARM_MS = 60_000;
const { telemetry_rows_written_total: ROWS_WRITTEN } = METRIC_DEFINITIONS;
/** Why a collector did not accept an export. */
interface ExportError {
  readonly status?: number;
  readonly reason: string;
  readonly hint: string;
  /** How long the collector asks the exporter to wait, in milliseconds. */
  readonly retryAfterMs?: number;
}
type ExportResult = ExportError | undefined;

/** Exports the series that have changed at short intervals, and all series at longer ones. */
export class OtlpExporter {
  readonly #store: CounterStore;
  readonly #env: TelemetryEnv;
  readonly #buffer = new EncodeBuffer();
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

  /** Exports what is due, and returns when it is to be called again, in milliseconds since 1970. */
  async export(now: number): Promise<number> {
    const intervalMs = this.#integer(EXPORT_MS);
    const isAllDue = isOver(this.#integer(EXPORT_ALL_MS) - intervalMs / 2, this.#exportedAllAt, now);
    if (isOver(DELETE_EXPIRED_EVERY_MS, this.#deletedExpiredAt, now)) {
      this.#deletedExpiredAt = now;
      this.#store.deleteExpired(now);
    }
    this.#store.foldIfDue(now);
    if (this.#mayCall(now)) {
      this.#retryAt = 0;
      await this.#exportDue(isAllDue, now, intervalMs);
    }
    const after = Date.now();
    return Math.min(Math.max(after + intervalMs, this.#retryAt), after + MAX_ALARM_MS); // folds do not wait for the collector
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
    const { table, changed } = this.#store;
    const slots = [...(isAll ? table.slots() : changed)];
    if (slots.length === 0) return;
    const at = this.#store.nextTimestamp(now);
    this.#store.exportedAt = at;
    const error = await this.#exportSlots(slots, at, isAll ? [this.#rowsWritten()] : []);
    if (error) {
      this.#failed(error, intervalMs);
      return;
    }
    if (isAll) this.#exportedAllAt = now;
    if (this.#failures > 0) this.#log("info", "the collector accepts metrics again.");
    this.#failures = 0;
  }

  /** Sends all requests, unless one fails in a way that the next would, too. Returns the first error. */
  async #exportSlots(slots: number[], at: number, others: readonly StoredSeries[]): Promise<ExportResult> {
    let firstError: ExportResult;
    for (let start = 0; start < slots.length; start += MAX_SERIES_PER_REQUEST) {
      const part = slots.slice(start, start + MAX_SERIES_PER_REQUEST);
      const error = await this.#post(part, at, start + part.length === slots.length ? others : []);
      firstError ??= error;
      if (error && error.status !== 400) break;
    }
    return firstError;
  }

  async #post(slots: number[], at: number, others: readonly StoredSeries[]): Promise<ExportResult> {
    const { name, changed, exemplars } = this.#store;
    const series = slots.flatMap((slot) => {
      changed.delete(slot); // before the request: what changes meanwhile is due again
      return this.#store.read(slot) ?? [];
    });
    const body = encodeOtlp({ shard: name, at, series: [...series, ...others] });
    const error = await this.#postBody(body);
    for (const slot of slots) {
      if (error) changed.add(slot);
      else if (!changed.has(slot)) exemplars.delete(slot);
    }
    return error;
  }

  /** The rows that the object has written since it started, which are counted in memory alone: so the series starts when it does. */
  #rowsWritten(): StoredSeries {
    const { rowsWritten } = this.#store.storage;
    return { metric: ROWS_WRITTEN, labelValues: [this.#service()], startTime: this.#startedAt, numbers: [rowsWritten, rowsWritten] };
  }

  async #postBody(body: string): Promise<ExportResult> {
    let target: OtlpTarget;
    try {
      target = readTarget(this.#env);
    } catch (error) {
      return { reason: errorMessage(error), hint: "see the README" };
    }
    return post(body, this.#buffer, target, Math.min(target.timeoutMs, this.#integer(EXPORT_ALL_MS)));
  }

  #failed({ status, reason, hint, retryAfterMs = 0 }: ExportError, intervalMs: number): void {
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
    return knownService(this.#store.service());
  }

  #integer(setting: IntegerSetting): number {
    return readInteger(this.#env, setting, this.#service());
  }
}

/** Posts OTLP/JSON. Never throws, and follows no redirect, so that credentials are sent nowhere else. */
async function post(text: string, buffer: EncodeBuffer, target: OtlpTarget, timeoutMs: number): Promise<ExportResult> {
  try {
    const headers = new Headers(target.headers);
    headers.set("content-type", "application/json"); // with a charset, Prometheus rejects it
    const isCompressed = target.isCompressed && text.length > MIN_COMPRESSED_LENGTH;
    if (isCompressed) headers.set("content-encoding", "gzip");
    const bytes = buffer.encode(text);
    const body = isCompressed ? await gzip(bytes) : bytes;
    const signal = AbortSignal.timeout(timeoutMs);
    return await errorOf(await target.fetch(target.url, { method: "POST", headers, body, signal, redirect: "manual" }), target);
  } catch (error) {
    return { reason: String(error), hint: hintFor(0, target, "") };
  }
}

async function gzip(bytes: Uint8Array): Promise<ArrayBuffer> {
  const { readable, writable } = new CompressionStream("gzip");
  const compressed = new Response(readable).arrayBuffer();
  const writer = writable.getWriter();
  await writer.write(bytes);
  await writer.close();
  return compressed;
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
