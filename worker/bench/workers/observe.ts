/** The same Worker bare, observed, and with logging by hand. The path selects the variant, the query the number of requests. */

import { observe } from "../../src/index.ts";
import { TelemetryShard } from "../../src/shard.ts";

export { TelemetryShard };

interface Env {
  readonly TELEMETRY: DurableObjectNamespace<TelemetryShard>;
  readonly KV: KVNamespace;
}
type Handler = (request: Request, env: Env, ctx: ExecutionContext) => Promise<Response>;

const respond = async (): Promise<Response> => new Response("hello");
const respondWithCall = async (_: unknown, env: Env): Promise<Response> => new Response(await env.KV.get("key"));
const options = {
  service: "worker-api",
  tenant: (request: Request) => request.headers.get("x-tenant-id"),
  bindings: { KV: "kv" },
} as const;
/** A fake KV namespace that responds immediately, so that only the cost of observing is measured. */
const FAKE_KV = { get: async () => "hello" } as unknown as KVNamespace;

/** A handler that logs the same two lines by hand, without redaction and without metrics. */
const respondWithLogging: Handler = async (request) => {
  const common = { service: "worker-api", tenant_id: request.headers.get("x-tenant-id"), request_id: crypto.randomUUID(), route: new URL(request.url).pathname };
  const startedAt = performance.now();
  console.log(JSON.stringify({ timestamp: new Date().toISOString(), level: "info", message: "request arrived", ...common, metadata: { step: "arrival" } }));
  const response = new Response("hello", { headers: { "x-request-id": common.request_id } });
  const answer = { latency_ms: performance.now() - startedAt, status_code: 200, metadata: { step: "answer" } };
  console.log(JSON.stringify({ timestamp: new Date().toISOString(), level: "info", message: "answered", ...common, ...answer }));
  return response;
};

const VARIANTS: Record<string, Handler> = {
  "/response/by-hand": respondWithLogging,
  "/response/bare": respond,
  "/response/observed": observe({ ...options, fetch: respond }).fetch as Handler,
  "/call/bare": respondWithCall,
  "/call/observed": observe({ ...options, fetch: respondWithCall }).fetch as Handler,
};
const log = console.log;

export default {
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    console.log = searchParams.has("withoutConsole") ? () => undefined : log;
    const startedAt = performance.now();
    for (let remaining = Number(searchParams.get("requests")); remaining > 0; remaining--) {
      const chatRequest = new Request("https://worker.example/chat", { headers: { "x-tenant-id": "acme" } });
      await (await VARIANTS[pathname]!(chatRequest, { ...env, KV: FAKE_KV }, ctx)).text();
    }
    return Response.json(performance.now() - startedAt);
  },
} satisfies ExportedHandler<Env>;
