/** The client of one shard: it sends what this isolate has counted. */

import type { Service } from "workers-ai-observability/contract";
import { MAX_BATCH_SERIES } from "./accumulator.ts";
import type { MetricsBatch, SeriesDelta, ShardRpc } from "./batch.ts";
import { hasCome, withTimeout } from "./clock.ts";
import { logDiagnostic } from "./diagnostics.ts";

const MIN_BACKOFF_MS = 1_000;
const MIN_BACKOFF_OVERLOADED_MS = 8_000;
const MAX_BACKOFF_MS = 60_000;
/** A sender that is silent for this long after its timeout is considered cancelled by the runtime. */
const GRACE_MS = 10;
/** No sender waits for a shard for longer. */
const MAX_SENDING_MS = 10_000;

/** One request's flush. */
export interface Flush {
  readonly service: Service;
  readonly namespace: DurableObjectNamespace<ShardRpc>;
  readonly timeoutMs: number;
  /** Whether a response waits for it. */
  readonly isSync: boolean;
}

/**
 * Has at most one batch in flight, and keeps it until the shard has stored it: if the runtime cancels the request that sends it,
 * another request sends it again under the same id. What is counted meanwhile goes into the next batch.
 */
export class ShardClient {
  readonly #name: string;
  readonly #takeDeltas: () => SeriesDelta[];
  #batch: MetricsBatch | undefined;
  #storedBatches = 0;
  /** Whether more may be left than the last batch has. */
  #hasMore = false;
  /** Whether a flush has left its counts to the request that is sending. */
  #isFlushPending = false;
  #failures = 0;
  /** 0 while the shard works; doubles with each failure. */
  #backoffMs = 0;
  /** The end of the backoff, in milliseconds since 1970. */
  #retryAt = 0;
  /** When the sender of the batch is considered cancelled, in milliseconds since 1970. */
  #sendingUntil = 0;

  constructor(name: string, takeDeltas: () => SeriesDelta[]) {
    this.#name = name;
    this.#takeDeltas = takeDeltas;
  }

  /**
   * Sends until the shard has stored everything counted so far, until it fails, or until the timeout.
   * Returns when to flush again, in milliseconds since 1970; Infinity if nothing is left.
   *
   * If another request is sending, this one leaves its counts to it. But if a response waits for this flush, it sends the same
   * batch itself, because in workerd a request cannot wait for another one's I/O; the shard drops duplicates. After a failure
   * one request at a time tries the shard, so that no other response waits for it.
   */
  async flush(flush: Flush): Promise<number> {
    const deadline = Date.now() + flush.timeoutMs;
    let enough = this.#storedBatches + (this.#batch ? 2 : 1); // a batch in flight was taken before
    while (this.#storedBatches < enough) {
      const now = Date.now();
      if (!hasCome(this.#retryAt, now, MAX_BACKOFF_MS)) return this.#retryAt;
      if (now >= deadline) return now;
      const isOtherSending = !hasCome(this.#sendingUntil, now, MAX_SENDING_MS);
      if (isOtherSending && (!flush.isSync || this.#backoffMs > 0)) {
        this.#isFlushPending = true;
        return this.#sendingUntil;
      }
      await this.#send(flush, deadline - now);
      if (this.#hasMore) enough = Math.max(enough, this.#storedBatches + 1);
    }
    if (!this.#isFlushPending) return Infinity;
    this.#isFlushPending = false;
    return Date.now();
  }

  async #send({ service, namespace }: Flush, timeoutMs: number): Promise<void> {
    const now = Date.now();
    this.#batch ??= this.#takeBatch(service, now);
    this.#sendingUntil = now + timeoutMs + GRACE_MS;
    const [batch, failures] = [this.#batch, this.#failures];
    try {
      if (batch.deltas.length > 0) {
        const stub = namespace.get(namespace.idFromName(this.#name)); // a stub that has thrown stays broken
        await withTimeout(stub.add(this.#name, [batch]), timeoutMs);
      }
      this.#succeeded(batch, service);
    } catch (error) {
      // if other requests sent the same batch, only the first failure counts
      if (batch === this.#batch && failures === this.#failures) this.#failed(error, service);
    }
  }

  #takeBatch(service: Service, takenAt: number): MetricsBatch {
    const deltas = this.#takeDeltas();
    this.#hasMore = deltas.length >= MAX_BATCH_SERIES;
    return { id: crypto.randomUUID(), takenAt, service, deltas };
  }

  #succeeded(batch: MetricsBatch, service: Service): void {
    if (this.#backoffMs > 0) logDiagnostic(service, "info", `${this.#name}: stores metrics again.`);
    this.#backoffMs = 0;
    this.#retryAt = 0;
    this.#sendingUntil = 0;
    if (batch !== this.#batch) return; // another request has sent it, too, and had the response first
    this.#batch = undefined;
    this.#storedBatches += 1;
  }

  #failed(error: unknown, service: Service): void {
    if (this.#backoffMs === 0) {
      const message = `${this.#name}: does not store metrics (${error}); they are kept and sent again; see the shard's log.`;
      logDiagnostic(service, "warn", message);
    }
    const isOverloaded = (error as { overloaded?: boolean } | undefined)?.overloaded;
    const minimum = isOverloaded ? MIN_BACKOFF_OVERLOADED_MS : MIN_BACKOFF_MS;
    this.#failures += 1;
    this.#backoffMs = Math.min(MAX_BACKOFF_MS, Math.max(minimum, 2 * this.#backoffMs));
    this.#retryAt = Date.now() + this.#backoffMs * (0.5 + Math.random() / 2);
    this.#sendingUntil = 0;
  }
}
