/** How what an isolate counted comes to the shards. */

import { Lane } from "./lane.ts";
import { warnOnce } from "./notice.ts";
import { type Delta, hash } from "./series.ts";
import { numberOf, type TelemetryEnv } from "./settings.ts";
import type { Tally } from "./tally.ts";

/** Cloudflare ends what a waitUntil holds after 30 s, so a leader tries for 20; what it leaves, the next takes over. */
const PATIENCE_MS = 20_000;
const ANSWER_MS = 5_000;
/** In `sync`, an answer waits for the shards no longer; then the lane closes, and until it opens nobody waits. */
const SYNC_ANSWER_MS = 1_000;

/** What a request's context gives: work that goes on after the answer. */
export interface Waiting {
  waitUntil(work: Promise<unknown>): void;
}

/** Brings what was counted to the shards, each batch exactly once, whatever fails. Nothing here throws. */
export class Delivery {
  readonly #tally: Tally;
  readonly #lanes: Lane[] = [];
  /** Milliseconds since 1970. A lead ends by itself, for the runtime may have ended the leader. */
  #leadEndsAt = 0;
  #retryEndsAt = 0;

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  /** Sees to it that what was counted is handed over. In `sync` the promise is to be awaited before the answer. */
  handOver(env: TelemetryEnv, context: Waiting): Promise<void> | undefined {
    const { TELEMETRY, TELEMETRY_MODE: mode = "batch" } = env;
    if (!TELEMETRY) return this.#warn(`TELEMETRY: no such binding, so nothing is counted; ${BIND}.`);
    if (mode === "sync") return this.#deliver(env, SYNC_ANSWER_MS).then(() => (this.#retryAt() ? this.lead(env, context) : undefined));
    if (mode !== "batch") this.#warn(`TELEMETRY_MODE: there is no ${mode}, so it is batch; give batch or sync.`);
    return this.lead(env, context);
  }

  /** The first request leads for all that come within the window. */
  lead(env: TelemetryEnv, context: Waiting): undefined {
    const now = Date.now();
    if (now < this.#leadEndsAt) return;
    const window = numberOf(env, "TELEMETRY_WINDOW_MS", this.#tally.service);
    this.#leadEndsAt = now + window + ANSWER_MS;
    context.waitUntil(this.#deliverAfter(window, env, now + PATIENCE_MS));
  }

  async #deliverAfter(window: number, env: TelemetryEnv, endsAt: number): Promise<void> {
    await sleep(window);
    this.#leadEndsAt = 0; // in one step with the taking: who counts from here on finds no leader, and leads
    await this.#deliver(env, ANSWER_MS);
    if (Date.now() < this.#retryEndsAt) return; // somebody tries again already
    for (let retryAt; (retryAt = this.#retryAt()) && retryAt < endsAt; ) {
      this.#retryEndsAt = endsAt;
      await sleep(retryAt - Date.now());
      await this.#deliver(env, ANSWER_MS);
      this.#retryEndsAt = 0;
    }
  }

  /** When the first of the lanes that are closed opens; 0 where none is. */
  #retryAt(): number {
    const times = this.#lanes.map(({ retryAt }) => retryAt).filter(Boolean);
    return times.length && Math.min(...times);
  }

  /** Takes, in one synchronous step, what goes by lanes that are open, and sends it. */
  async #deliver(env: TelemetryEnv, patience: number): Promise<void> {
    const takenAt = Date.now();
    const { service } = this.#tally;
    const shards = numberOf(env, "TELEMETRY_SHARDS", service);
    while (this.#lanes.length < shards) this.#lanes.push(new Lane(`shard-${this.#lanes.length}`, service));
    const open = this.#lanes.slice(0, shards).map(({ isOpen }): Delta[] | undefined => (isOpen ? [] : undefined));
    for (const delta of this.#tally.take((key) => !!open[hash(key) % shards])) open[hash(delta.key) % shards]!.push(delta);
    const sent = this.#lanes.map((lane, shard) => {
      const deltas = open[shard];
      if (deltas?.length) lane.put({ id: crypto.randomUUID(), takenAt, service, deltas });
      return lane.send(env.TELEMETRY!, takenAt, patience);
    });
    if ((await Promise.all(sent)).includes(true)) await this.#deliver(env, patience); // what had to wait
  }

  #warn(message: string): undefined {
    warnOnce(this.#tally.service, message);
  }
}

const BIND = "bind the Durable Object namespace of TelemetryShard under this name";
const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));
