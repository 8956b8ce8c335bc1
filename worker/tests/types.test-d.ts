/** Code that must not compile; `tsc` reports an `@ts-expect-error` above a line without an error. */

import { getMeter, observe, observeObject, type ObservedMessageBatch, type RequestLog, withRequest } from "../src/index.ts";

interface Env {
  readonly KV: KVNamespace;
  readonly QUEUE: Queue;
}
const respond = (): Response => new Response("hello");
const labels = { tenant_id: "acme", route: "/chat" } as const;
const meter = getMeter("worker-api");

// The contract's metrics, labels and values.
meter.count("requests_total", labels);
meter.observe("ai_latency_ms", { ...labels, model: "@cf/meta/llama-3.2-1b-instruct" }, 12);
// @ts-expect-error a metric that the contract does not have
meter.count("request_total", labels);
// @ts-expect-error a histogram is not counted
meter.count("latency_ms", labels);
// @ts-expect-error a counter is not observed
meter.observe("requests_total", labels, 1);
// @ts-expect-error a label that is missing
meter.count("requests_total", { tenant_id: "acme" });
// @ts-expect-error a label that the metric does not have
meter.count("requests_total", { ...labels, model: "m" });
// @ts-expect-error a value that the label cannot have
meter.count("requests_total", { tenant_id: "acme", route: "/chatt" });

// Services, routes, bindings and keys.
observe({ service: "worker-api", fetch: respond });
// @ts-expect-error a service that the contract does not have
observe({ service: "worker-ap", fetch: respond });
// @ts-expect-error a route of another service
observe({ service: "worker-api", route: () => "/ingest", fetch: respond });
// @ts-expect-error a tenant is a string
observe({ service: "worker-api", tenant: () => 7, fetch: respond });
// @ts-expect-error only `outside` and `bindings` are valid
observe({ service: "worker-api", from: "anywhere", fetch: respond });
// @ts-expect-error a binding that `Env` does not have
observe({ service: "worker-api", bindings: { KVV: "kv" }, fetch: (_, env: Env) => new Response(String(env.KV)) });
// @ts-expect-error an unknown kind of binding
observe({ service: "worker-api", bindings: { KV: "kvv" }, fetch: (_, env: Env) => new Response(String(env.KV)) });
// @ts-expect-error a handler must return a Response
observe({ service: "worker-api", fetch: () => "hello" });

observe({
  service: "worker-api",
  pass: ["cache_state"],
  fetch: (_, env: Env, __, log) => {
    log.info("hello", { cache_state: "warm", documents: 3 });
    // @ts-expect-error a key that the service does not pass
    log.info("hello", { cache_stat: "warm" });
    // @ts-expect-error a step that the contract does not have
    log.warn("hello", { step: "departure" });
    // @ts-expect-error `documents` is a number
    log.error("hello", undefined, { documents: "3" });
    // @ts-expect-error a log's request id is read-only
    log.requestId = "other";
    return new Response(String(env.KV));
  },
});

export const queue = observe({
  service: "ingest-worker",
  queue: async (batch: ObservedMessageBatch<{ a: number }, Env, never>) => {
    const sum: number = batch.messages.reduce((total, { body }) => total + body.a, 0);
    await batch.messages[0]?.env.KV.put("sum", String(sum));
    // @ts-expect-error a body has only its declared properties
    batch.messages[0]?.body.b;
  },
});

export const rpc = (log: RequestLog, env: Env, ctx: ExecutionContext): Promise<string> =>
  withRequest({ service: "worker-api", request: log.origin, env, ctx }, (own, inner) => `${inner.requestId} ${String(own.KV)}`);
// @ts-expect-error an origin needs more than an id
export const incompleteOrigin = (env: Env, ctx: ExecutionContext) => withRequest({ service: "worker-api", request: { requestId: "x" }, env, ctx }, () => 1);
// @ts-expect-error a platform without labels of its own has no such option
observe({ service: "worker-api", labels: () => ({ region: "eu" }), fetch: respond });

class Room {
  constructor(
    readonly ctx: DurableObjectState,
    readonly env: Env,
  ) {}
}
export const ObservedRoom: typeof Room = observeObject({ service: "worker-api", tenant: ({ id }, env) => `${id.name}${String(env.KV)}` }, Room);
// @ts-expect-error the contract has no such service
observeObject({ service: "worker-unknown" }, Room);
// @ts-expect-error the object's env has no such binding
observeObject({ service: "worker-api", tenant: (_, env) => env.NOTHING }, Room);
