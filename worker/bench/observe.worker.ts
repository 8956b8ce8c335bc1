/** The same Worker, bare and observed: by itself, and with a call to a store. The path says which, the query how often. */

import { observe } from "../src/index.ts";
import { TelemetryShard } from "../src/shard.ts";

export { TelemetryShard };

interface Env {
  readonly TELEMETRY: DurableObjectNamespace<TelemetryShard>;
  readonly KV: KVNamespace;
}
type Handler = (request: Request, env: Env, ctx: ExecutionContext) => Promise<Response>;

const answer = async (): Promise<Response> => new Response("hello");
const withCall = async (_: unknown, env: Env): Promise<Response> => new Response(await env.KV.get("key"));
const setting = {
  service: "worker-api",
  tenant: (request: Request) => request.headers.get("x-tenant-id"),
  bindings: { KV: "kv" },
} as const;
/** A store that answers at once, so that nothing but the observing is measured. */
const STORE = { get: async () => "hello" } as unknown as KVNamespace;

/** What a Worker writes by hand that logs the plan's two lines, and neither redacts nor counts. */
const byHand: Handler = async (request) => {
  const told = { service: "worker-api", tenant_id: request.headers.get("x-tenant-id"), request_id: crypto.randomUUID(), route: new URL(request.url).pathname };
  const beganAt = performance.now();
  console.log(JSON.stringify({ timestamp: new Date().toISOString(), level: "info", message: "request arrived", ...told, metadata: { step: "arrival" } }));
  const response = new Response("hello", { headers: { "x-request-id": told.request_id } });
  const answered = { latency_ms: performance.now() - beganAt, status_code: 200, metadata: { step: "answer" } };
  console.log(JSON.stringify({ timestamp: new Date().toISOString(), level: "info", message: "answered", ...told, ...answered }));
  return response;
};

const WORKERS: Record<string, Handler> = {
  "/answer/by-hand": byHand,
  "/answer/bare": answer,
  "/answer/observed": observe({ ...setting, fetch: answer }).fetch as Handler,
  "/call/bare": withCall,
  "/call/observed": observe({ ...setting, fetch: withCall }).fetch as Handler,
};
const log = console.log;

export default {
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    console.log = searchParams.has("quiet") ? () => undefined : log;
    const beganAt = performance.now();
    for (let n = Number(searchParams.get("times")); n > 0; n--) {
      const asked = new Request("https://worker.example/chat", { headers: { "x-tenant-id": "acme" } });
      await (await WORKERS[pathname]!(asked, { ...env, KV: STORE }, ctx)).text();
    }
    return Response.json(performance.now() - beganAt);
  },
} satisfies ExportedHandler<Env>;
