/** An observed Worker that runs the scenario named by the header `scenario`, and serves its counters at `/counters`. */

import { DurableObject, RpcTarget } from "cloudflare:workers";
import type { MetricsBatch } from "../../src/batch.ts";
import { observe, type Origin, originOf, type RequestLog, withRequest } from "../../src/index.ts";
import { bindingScenarios } from "./observed.bindings.ts";
import { namingScenarios } from "./observed.naming.ts";
import { responseScenarios } from "./observed.responses.ts";

/** A fake shard that sums up the batches; the real one has tests of its own. */
export class TelemetryShard extends DurableObject {
  readonly #totals: Record<string, number> = {};
  add(_: string, batches: readonly MetricsBatch[]): void {
    for (const { key, numbers } of batches.flatMap(({ deltas }) => deltas)) {
      const [metric, ...labels] = key.split("\x1f");
      const name = [metric!.replace(/@.*/, ""), ...labels].join(" ");
      const observations = numbers.slice(0, -1).reduce((sum, count) => sum + count, 0);
      // a counter has two numbers, of which the second is its increase; a histogram has more
      this.#totals[name] = (this.#totals[name] ?? 0) + (numbers.length === 2 ? numbers[1]! : observations);
    }
  }
  counters(): Record<string, number> {
    return this.#totals;
  }
}

class Child extends RpcTarget {
  constructor(readonly emit: (event: string) => void) {
    super();
  }
  double(number: number): number {
    return number * 2;
  }
  [Symbol.dispose](): void {
    this.emit("disposed");
  }
}

/** A Durable Object of the application. */
export class TestObject extends DurableObject<Env> {
  readonly #events: string[] = [];
  get size(): number {
    return 7;
  }
  override async fetch(request: Request): Promise<Response> {
    const status = Number(request.headers.get("status") ?? 200);
    if (status === 0) throw new Error("the object failed");
    const { env, ctx } = this;
    const origin = await withRequest({ service: "worker-api", request, env, ctx }, async (own, log) => {
      log.info("inside the object");
      await own.KV.get("inside");
      return log.origin;
    });
    return Response.json({ ...origin, fromHeaders: originOf(request, { service: "worker-api", env, ctx }) }, { status });
  }
  add(a: number, b: number): number {
    return a + b;
  }
  follow(origin: Origin): Promise<string> {
    const { env, ctx } = this;
    return withRequest({ service: "worker-api", request: origin, env, ctx }, (_, log) => (log.info("by RPC"), log.requestId));
  }
  fail(): void {
    throw new Error("the method failed");
  }
  child(): Child {
    return new Child((event) => this.#events.push(event));
  }
  events(): string[] {
    return this.#events;
  }
}

export interface Env {
  readonly TELEMETRY: DurableObjectNamespace<TelemetryShard>;
  readonly OBJECT: DurableObjectNamespace<TestObject>;
  readonly KV: KVNamespace;
  readonly R2: R2Bucket;
  readonly AI: Ai;
  readonly VECTORIZE: Vectorize;
  readonly QUEUE: Queue;
  readonly INNER: Service;
  readonly UNOBSERVED_KV: KVNamespace;
  readonly UPSTREAM: string;
  readonly DEBUG_UNTIL?: string;
}
export type Log = RequestLog<"further">;
export type Scenario = (env: Env, log: Log, request: Request, ctx: ExecutionContext) => Response | Promise<Response>;

const SCENARIOS: Record<string, Scenario> = { ...responseScenarios, ...bindingScenarios, ...namingScenarios };

const shared = {
  service: "worker-api",
  tenant: (request: Request) => {
    if (request.headers.has("no-tenant")) throw new Error("no tenant");
    if (request.headers.has("tenant-in-body")) return request.json<{ tenant: string }>().then(({ tenant }) => tenant);
    return request.headers.get("tenant");
  },
  pass: ["further"],
  bindings: { UNOBSERVED_KV: "plain", INNER: { service: "worker-api" } },
  debug: (env: Env) => (env.DEBUG_UNTIL ? { until: new Date(env.DEBUG_UNTIL) } : undefined),
} as const;

/** An entrypoint that only bindings reach. */
export const Inner = observe({
  ...shared,
  fetch: async (request, _: Env, __, log) => {
    if (request.headers.has("slow")) await scheduler.wait(700);
    return Response.json({ requestId: log.requestId, tenantId: log.tenantId });
  },
});

const publicWorker = observe({
  ...shared,
  fetch: (request, env: Env, ctx, log) => SCENARIOS[request.headers.get("scenario") ?? "text"]!(env, log, request, ctx),
  queue: async (batch, env) => {
    for (const { body, env: own, log } of batch.messages) {
      log.info("a message", { further: JSON.stringify(body) });
      await own.KV.put("message", "x");
      if (body === "fail") throw new Error("the consumer failed");
    }
    await env.KV.get("batch");
  },
  scheduled: async (_, env, __, log) => {
    log.info("the schedule works");
    await env.KV.get("scheduled");
  },
});

/** Requests for `/counters` bypass the observed handlers, so that reading the counters does not change them. */
export default {
  ...publicWorker,
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    if (new URL(request.url).pathname !== "/counters") return publicWorker.fetch(request, env, ctx);
    return Response.json(await env.TELEMETRY.getByName("shard-0").counters());
  },
};
