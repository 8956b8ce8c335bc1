/** Flushing sends what this isolate has counted to the shards. */

import type { Service } from "workers-ai-observability/contract";
import { hasFullBatch, takeDeltas } from "./accumulator.ts";
import { hasCome, isOver, sleep } from "./clock.ts";
import { type IntegerSetting, readInteger, type TelemetryEnv } from "./config.ts";
import { hasFlag, MINIMUM_DATE } from "./compatibility.ts";
import { logFault, warnOnce } from "./diagnostics.ts";
import { ShardClient } from "./shard_client.ts";

/** The part of an ExecutionContext, or of a Durable Object's state, that keeps work running after the response. */
export interface WaitUntilContext {
  waitUntil(work: Promise<unknown>): void;
}

const SHARDS: IntegerSetting = { name: "TELEMETRY_SHARDS", fallback: 1, min: 1, max: 256 };
const WINDOW_MS: IntegerSetting = { name: "TELEMETRY_WINDOW_MS", fallback: 1_000, min: 1, max: 10_000 };
/** Cloudflare cancels the work of `waitUntil` after 30 s, so a leader retries for 20 s; the next leader sends what is left. */
const RETRY_FOR_MS = 20_000;
const TIMEOUT_MS = 5_000;
/** The longest time that a response waits for the shards in `sync` mode. */
const SYNC_TIMEOUT_MS = 1_000;

/** How often a full buffer elects another leader. */
const MIN_EARLY_FLUSH_MS = 50;

const clients: ShardClient[] = [];
/** When the last leader was elected because the buffer was full, in milliseconds since 1970. */
let flushedEarlyAt = 0;
/** When the leader's term ends, in milliseconds since 1970; 0 without a leader. It expires because the runtime may cancel the leader. */
let termEndsAt = 0;

/**
 * Flushes what was counted, exactly once. Call it at the end of each request, with the Worker's own `env`.
 * In `batch` mode it returns at once: the first request of each window is the leader, which flushes for all, after its
 * response, in `waitUntil`. In `sync` mode it returns a Promise to await before the response, which takes at most a second and
 * never rejects.
 */
export function flush(service: Service, env: TelemetryEnv, context: WaitUntilContext): Promise<void> | undefined {
  const { TELEMETRY, TELEMETRY_MODE: mode = "batch" } = env;
  if (!hasFlag("rpc")) {
    warnOnce(service, `compatibility_date: nothing is counted before ${MINIMUM_DATE}; use a later date.`);
    return undefined;
  }
  if (!TELEMETRY) {
    warnOnce(service, "TELEMETRY: no such binding; bind TelemetryShard.");
    return undefined;
  }
  if (hasCome(termEndsAt, Date.now(), WINDOW_MS.max + TIMEOUT_MS)) termEndsAt = 0;
  scheduleFlush(service, env, context);
  if (mode === "sync") return flushShards(service, env).then(() => undefined, (error: unknown) => logFault(service, error)); // once; the leader retries what fails
  if (mode !== "batch") warnOnce(service, `TELEMETRY_MODE: ${mode} is not batch or sync; batch is used.`);
  return undefined;
}

/**
 * Elects this request as the leader, which flushes at the end of the window, unless there is a leader. Call it with each count,
 * because work that continues after a response counts, too, and no `flush` follows it.
 */
export function scheduleFlush(service: Service, env: TelemetryEnv, context: WaitUntilContext): void {
  if (!env.TELEMETRY || !hasFlag("rpc")) return;
  if (hasFullBatch()) flushEarly(service, env, context);
  if (termEndsAt > 0) return; // does not read the clock, because it runs with each count
  elect(service, env, context, readInteger(env, WINDOW_MS, service));
}

/** Elects another leader, which does not wait for the end of the window: the buffer has room for a few batches. */
function flushEarly(service: Service, env: TelemetryEnv, context: WaitUntilContext): void {
  const now = Date.now();
  if (!isOver(MIN_EARLY_FLUSH_MS, flushedEarlyAt, now)) return;
  flushedEarlyAt = now;
  elect(service, env, context, 0);
}

function elect(service: Service, env: TelemetryEnv, context: WaitUntilContext, windowMs: number): void {
  const flushAt = Date.now() + windowMs;
  termEndsAt = flushAt + TIMEOUT_MS;
  context.waitUntil(runLeader(service, env, flushAt, termEndsAt).catch((error: unknown) => logFault(service, error)));
}

/** The work of a leader: it flushes at the end of its window, and again while a shard fails. */
async function runLeader(service: Service, env: TelemetryEnv, flushAt: number, ownTermEndsAt: number): Promise<void> {
  const giveUpAt = Date.now() + RETRY_FOR_MS;
  let nextFlushAt = flushAt;
  while (nextFlushAt < giveUpAt) {
    await sleep(nextFlushAt - Date.now());
    // The term ends in the same synchronous step that takes the counts, so that the next count elects a leader. A leader
    // that retries does not end the term of a later one.
    if (termEndsAt === ownTermEndsAt) termEndsAt = 0;
    nextFlushAt = await flushShards(service, env);
  }
}

/** Returns when to flush again, in milliseconds since 1970; Infinity if nothing is left. */
async function flushShards(service: Service, env: TelemetryEnv): Promise<number> {
  const shards = readInteger(env, SHARDS, service);
  for (let shard = clients.length; shard < shards; shard++) {
    clients.push(new ShardClient(`shard-${shard}`, () => takeDeltas(shard, shards)));
  }
  const isSync = env.TELEMETRY_MODE === "sync";
  const timeoutMs = isSync ? SYNC_TIMEOUT_MS : TIMEOUT_MS;
  const flushes = clients.map((client) => client.flush({ service, namespace: env.TELEMETRY!, timeoutMs, isSync }));
  return Math.min(...(await Promise.all(flushes)));
}
