/** An observed Worker whose handlers do what the header `do` says, and an object that tells what was counted. */

import { DurableObject, RpcTarget } from "cloudflare:workers";
import { observe, type Origin, type RequestLog, requestOf, withRequest } from "../../src/index.ts";
import type { Batch } from "../../src/ledger.ts";
import { bindings } from "./observed.bindings.ts";
import { answers } from "./observed.answers.ts";

/** Adds up what is handed over; the real one is tested elsewhere. */
export class TelemetryShard extends DurableObject {
  readonly #totals: Record<string, number> = {};
  add(_: string, batches: readonly Batch[]): void {
    for (const { key, numbers } of batches.flatMap(({ deltas }) => deltas)) {
      const [metric, ...labels] = key.split("\x1f");
      const name = [metric!.replace(/@.*/, ""), ...labels].join(" ");
      const made = numbers.slice(0, -1).reduce((sum, each) => sum + each, 0); // of a counter, the sum is what it counts
      this.#totals[name] = (this.#totals[name] ?? 0) + (numbers.length === 2 ? numbers[1]! : made);
    }
  }
  counted(): Record<string, number> {
    return this.#totals;
  }
}

class Child extends RpcTarget {
  constructor(readonly tell: (what: string) => void) {
    super();
  }
  double(number: number): number {
    return number * 2;
  }
  [Symbol.dispose](): void {
    this.tell("disposed");
  }
}

/** An object of the application's own. */
export class Thing extends DurableObject<Env> {
  readonly #told: string[] = [];
  get size(): number {
    return 7;
  }
  override async fetch(request: Request): Promise<Response> {
    const status = Number(request.headers.get("status") ?? 200);
    if (status === 0) throw new Error("the object broke");
    const { env, ctx } = this;
    const origin = await withRequest({ service: "worker-api", request, env, ctx }, async (own, log) => {
      log.info("inside the object");
      await own.KV.get("inside");
      return log.origin;
    });
    return Response.json({ ...origin, again: requestOf(request) }, { status });
  }
  add(a: number, b: number): number {
    return a + b;
  }
  follow(origin: Origin): Promise<string> {
    const { env, ctx } = this;
    return withRequest({ service: "worker-api", request: origin, env, ctx }, (_, log) => (log.info("by RPC"), log.requestId));
  }
  fail(): void {
    throw new Error("the method broke");
  }
  child(): Child {
    return new Child((what) => this.#told.push(what));
  }
  told(): string[] {
    return this.#told;
  }
}

export interface Env {
  readonly TELEMETRY: DurableObjectNamespace<TelemetryShard>;
  readonly THING: DurableObjectNamespace<Thing>;
  readonly KV: KVNamespace;
  readonly R2: R2Bucket;
  readonly AI: Ai;
  readonly VECTORIZE: Vectorize;
  readonly QUEUE: Queue;
  readonly INNER: Service;
  readonly LEFT_ALONE: KVNamespace;
  readonly UPSTREAM: string;
  readonly DEBUG_UNTIL?: string;
}
export type Log = RequestLog<"further">;
export type Act = (env: Env, log: Log, request: Request, ctx: ExecutionContext) => Response | Promise<Response>;

const ACTS: Record<string, Act> = { ...answers, ...bindings };

const shared = {
  service: "worker-api",
  tenant: (request: Request) => {
    if (request.headers.has("no-tenant")) throw new Error("nobody knows");
    return request.headers.get("tenant");
  },
  pass: ["further"],
  bindings: { LEFT_ALONE: "plain" },
  debug: (env: Env) => (env.DEBUG_UNTIL ? { until: new Date(env.DEBUG_UNTIL) } : undefined),
} as const;

/** Only bindings lead here. */
export const Inner = observe({
  ...shared,
  from: "bindings",
  fetch: async (request, _: Env, __, log) => {
    if (request.headers.has("take-time")) await scheduler.wait(700);
    return Response.json({ requestId: log.requestId, tenantId: log.tenantId });
  },
});

const outside = observe({
  ...shared,
  fetch: (request, env: Env, ctx, log) => ACTS[request.headers.get("do") ?? "text"]!(env, log, request, ctx),
  queue: async (batch, env) => {
    for (const { body, env: own, log } of batch.messages) {
      log.info("a message", { further: JSON.stringify(body) });
      await own.KV.put("message", "x");
      if (body === "fail") throw new Error("the consumer broke");
    }
    await env.KV.get("batch");
  },
  scheduled: async (_, env, __, log) => {
    log.info("the schedule works");
    await env.KV.get("scheduled");
  },
});

/** What was counted is read without being counted. */
export default {
  ...outside,
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    if (new URL(request.url).pathname !== "/counted") return outside.fetch(request, env, ctx);
    return Response.json(await env.TELEMETRY.getByName("shard-0").counted());
  },
};
