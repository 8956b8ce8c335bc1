/** How what this isolate counted comes to the shards. */

import type { Service } from "../../out/contract/contract.gen.ts";
import { handOver as handOverBy, sleep, type Lane } from "./lane.ts";
import { warnOnce } from "./notice.ts";
import { numberOf, type Setting, type TelemetryEnv } from "./settings.ts";
import { take } from "./tally.ts";

/** What a request's context gives: work that goes on after the answer. */
export interface Waiting {
  waitUntil(work: Promise<unknown>): void;
}

const SHARDS: Setting = ["TELEMETRY_SHARDS", 1, 1, 256];
const WINDOW_MS: Setting = ["TELEMETRY_WINDOW_MS", 1_000, 1, 10_000];
/** Cloudflare ends what a waitUntil holds after 30 s, so a leader tries for 20; what it leaves, the next takes over. */
const PATIENCE_MS = 20_000;
const ANSWER_MS = 5_000;
/** In `sync`, whoever sends waits for the shards no longer; then they are left alone, and no answer waits for them. */
const SYNC_ANSWER_MS = 1_000;

const lanes: Lane[] = [];
/** Milliseconds since 1970; 0 where nobody leads. A lead ends by itself, for the runtime may have ended the leader. */
let leadEndsAt = 0;

/**
 * Hands over what was counted, exactly once. To be called at the end of each request, with the Worker's own `env`.
 * `batch`: returns at once; the first request of each window works for all, after its answer, by `context.waitUntil`.
 * `sync`: returns a promise to await before the answer; it never rejects, and waits for a second at the most.
 */
export function handOver(service: Service, env: TelemetryEnv, context: Waiting): Promise<unknown> | undefined {
  const { TELEMETRY, TELEMETRY_MODE: mode = "batch" } = env;
  if (!TELEMETRY) return void warnOnce(service, "TELEMETRY: no such binding; bind TelemetryShard.");
  if (leadEndsAt <= Date.now()) leadEndsAt = 0;
  lead(service, env, context);
  if (mode === "sync") return deliver(service, env); // what fails is tried again by who leads
  if (mode !== "batch") warnOnce(service, `TELEMETRY_MODE: ${mode} is not batch or sync; batch is used.`);
}

/** To be called with each count, for work goes on after answers, and no `handOver` may follow it: next to free while one leads. */
export function lead(service: Service, env: TelemetryEnv, context: Waiting): void {
  if (leadEndsAt || !env.TELEMETRY) return;
  const takesAt = Date.now() + numberOf(env, WINDOW_MS, service);
  leadEndsAt = takesAt + ANSWER_MS;
  context.waitUntil(work(service, env, takesAt));
}

/** What a leader does: it hands over at the end of its window, and again while a shard fails. */
async function work(service: Service, env: TelemetryEnv, takesAt: number): Promise<void> {
  const endsAt = Date.now() + PATIENCE_MS;
  for (let at = takesAt; at < endsAt; ) {
    await sleep(at - Date.now());
    // in one step with the taking: who counts from here on finds no leader, and leads; another's lead is not ended
    if (leadEndsAt === takesAt + ANSWER_MS) leadEndsAt = 0;
    at = await deliver(service, env);
  }
}

/** Returns when to try again, in milliseconds since 1970; Infinity where nothing is left. */
async function deliver(service: Service, env: TelemetryEnv): Promise<number> {
  const endsAt = Date.now() + (env.TELEMETRY_MODE === "sync" ? SYNC_ANSWER_MS : ANSWER_MS);
  const shards = numberOf(env, SHARDS, service);
  for (let shard = 0; shard < shards; shard++) {
    lanes[shard] ??= { name: `shard-${shard}`, take: () => take(shard, shards), stored: 0, pause: 0, freeAt: 0 };
  }
  return Math.min(...(await Promise.all(lanes.map((lane) => handOverBy(lane, service, env.TELEMETRY!, endsAt)))));
}
