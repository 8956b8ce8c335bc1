/** How what an isolate counted comes to the shards. */

import { Lane } from "./lane.ts";
import { warnOnce } from "./notice.ts";
import { type Delta, hash } from "./series.ts";
import { type NumberName, numberOf, type TelemetryEnv } from "./settings.ts";
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
    if (mode === "sync") return this.#deliverNow(env, context);
    if (mode !== "batch") this.#warn(`TELEMETRY_MODE: there is no ${mode}, so it is batch; give batch or sync.`);
    return this.#lead(env, context);
  }

  async #deliverNow(env: TelemetryEnv, context: Waiting): Promise<void> {
    await this.#deliver(env, SYNC_ANSWER_MS);
    if (this.#retryAt()) this.#lead(env, context);
  }

  /** The first request leads for all that come within the window. */
  #lead(env: TelemetryEnv, context: Waiting): undefined {
    const now = Date.now();
    if (now < this.#leadEndsAt) return;
    const window = this.#number(env, "TELEMETRY_WINDOW_MS");
    this.#leadEndsAt = now + window + ANSWER_MS;
    context.waitUntil(this.#deliverAfter(window, env, now + PATIENCE_MS));
  }

  async #deliverAfter(window: number, env: TelemetryEnv, endsAt: number): Promise<void> {
    await sleep(window);
    this.#leadEndsAt = 0; // in one step with the taking: who counts from here on finds no leader, and leads
    await this.#deliver(env, ANSWER_MS);
    if (Date.now() < this.#retryEndsAt) return; // somebody tries again already
    for (let retryAt = this.#retryAt(); retryAt && retryAt < endsAt; retryAt = this.#retryAt()) {
      this.#retryEndsAt = endsAt;
      await sleep(retryAt - Date.now());
      await this.#deliver(env, ANSWER_MS);
      this.#retryEndsAt = 0;
    }
  }

  #retryAt(): number | undefined {
    const times = this.#lanes.flatMap(({ retryAt }) => retryAt ?? []);
    return times.length ? Math.min(...times) : undefined;
  }

  /** Takes, in one synchronous step, what goes by lanes that are open, and sends it. */
  async #deliver(env: TelemetryEnv, patience: number): Promise<void> {
    const now = Date.now();
    const { service } = this.#tally;
    const shards = this.#number(env, "TELEMETRY_SHARDS");
    while (this.#lanes.length < shards) this.#lanes.push(new Lane(`shard-${this.#lanes.length}`, service));
    for (const [shard, deltas] of this.#take(shards)) {
      this.#lanes[shard]!.put({ id: crypto.randomUUID(), takenAt: now, service, deltas });
    }
    const opened = await Promise.all(this.#lanes.map((lane) => lane.send(env.TELEMETRY!, now, patience)));
    if (opened.includes(true)) await this.#deliver(env, patience); // what had to wait
  }

  #take(shards: number): Map<number, Delta[]> {
    const shares = new Map<number, Delta[]>();
    const isOpen = this.#lanes.map((lane) => lane.isOpen);
    for (const delta of this.#tally.take((key) => isOpen[hash(key) % shards]!)) {
      const shard = hash(delta.key) % shards;
      shares.set(shard, shares.get(shard) ?? []).get(shard)!.push(delta);
    }
    return shares;
  }

  #warn(message: string): undefined {
    warnOnce(this.#tally.service, message);
  }

  #number(env: TelemetryEnv, name: NumberName): number {
    return numberOf(env, name, (message) => this.#warn(message));
  }
}

const BIND = "bind the Durable Object namespace of TelemetryShard under this name";
const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));
