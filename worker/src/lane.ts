/** The way from an isolate to one shard. */

import type { Service } from "../../out/contract/contract.gen.ts";
import type { Batch } from "./ledger.ts";
import { notice } from "./notice.ts";
import type { TelemetryShard } from "./shard.ts";
import type { Delta } from "./series.ts";

export type Namespace = DurableObjectNamespace<TelemetryShard>;

const LONGEST_PAUSE_MS = 60_000;
/** How often who waits looks whether another has done: in workerd, promises of another request are nothing to wait for. */
const LOOK_MS = 10;

/** One batch at a time goes to the shard, and is kept until the shard has it; what is counted meanwhile merges. */
export interface Lane {
  /** The shard's. */
  readonly name: string;
  readonly take: () => Delta[];
  batch?: Batch | undefined;
  /** How many batches the shard has. */
  stored: number;
  /** For how many milliseconds the shard was left alone after it failed, longer each time; 0 where it has not. */
  pause: number;
  /** Milliseconds since 1970: until then somebody sends, or the shard is left alone. */
  freeAt: number;
}

/**
 * Waits until the shard has all that was counted so far, it has failed, or it is too late.
 * Returns when to try again, in milliseconds since 1970; Infinity where nothing is left.
 */
export async function handOver(lane: Lane, service: Service, namespace: Namespace, endsAt: number): Promise<number> {
  const enough = lane.stored + (lane.batch ? 2 : 1); // a batch that is under way was taken before
  while (lane.stored < enough) {
    const now = Date.now();
    const isFree = now >= lane.freeAt;
    if (now >= endsAt || (lane.pause && !isFree)) return lane.freeAt;
    await (isFree ? send(lane, service, namespace, endsAt) : sleep(LOOK_MS));
  }
  return Infinity;
}

async function send(lane: Lane, service: Service, namespace: Namespace, endsAt: number): Promise<void> {
  const { name, take } = lane;
  const takenAt = Date.now();
  const batch = (lane.batch ??= { id: crypto.randomUUID(), takenAt, service, deltas: take() });
  lane.freeAt = endsAt + LOOK_MS; // where the runtime has ended who sends, another sends the same
  try {
    if (batch.deltas.length) {
      const stub = namespace.get(namespace.idFromName(name)); // anew each time: one that threw is spent
      await Promise.race([stub.add(name, [batch]), sleep(endsAt - takenAt).then(() => Promise.reject("no answer in time"))]);
    }
    if (lane.pause) notice(service, "info", `${name}: takes what is counted again.`);
    lane.pause = lane.freeAt = 0;
    if (batch !== lane.batch) return; // another has sent it too, and was heard first
    lane.batch = undefined;
    lane.stored++;
  } catch (error) {
    if (!lane.pause) notice(service, "warn", `${name}: takes nothing (${error}); what is counted is kept and sent again; look at its log.`);
    const least = (error as { overloaded?: boolean } | undefined)?.overloaded ? 8_000 : 1_000;
    lane.pause = Math.min(LONGEST_PAUSE_MS, Math.max(least, 2 * lane.pause));
    lane.freeAt = Date.now() + lane.pause * (0.5 + Math.random() / 2);
  }
}

export const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));
