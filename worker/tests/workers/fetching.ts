/** An observed Worker that fetches as the path says, or lets an object of its own fetch. */

import { DurableObject } from "cloudflare:workers";
import { observe, withRequest } from "../../src/index.ts";

export { TelemetryShard } from "../../src/shard.ts";

interface Env {
  readonly OBJECT: DurableObjectNamespace;
  readonly UPSTREAM: string;
}

/** Captured before the library could see it. */
const captured = fetch;

type Send = typeof fetch;
/** Sends a request whose path, query, user and password are secret, with the headers that the caller wants sent. */
const send = (by: Send, { headers }: Request, { UPSTREAM }: Env): Promise<Response> => {
  const own = headers.get("own-traceparent");
  return by(`${UPSTREAM.replace("//", "//user:hunter2@")}/secret-path?at=secret-query`, own ? { headers: { traceparent: own } } : undefined);
};

const errorOf = (error: Error): Response => new Response(error.message);

type Way = (request: Request, env: Env, log: { readonly fetch: Send }) => Promise<Response>;
const WAYS: Record<string, Way> = {
  global: (request, env) => send(fetch, request, env),
  log: (request, env, log) => send(log.fetch, request, env),
  "url alone": (_, { UPSTREAM }) => fetch(UPSTREAM),
  captured: (request, env) => send(captured, request, env),
  object: (request, env) => env.OBJECT.get(env.OBJECT.idFromName("x")).fetch("https://object/", { headers: { way: request.headers.get("inner") ?? "" } }),
  forwarded: (request, env, log) => log.fetch(new Request(env.UPSTREAM, request)),
  late: async (request, env) => {
    await scheduler.wait(Math.random() * 20);
    return send(fetch, request, env);
  },
  posted: (_, env, log) => log.fetch(env.UPSTREAM, { method: "post", body: "x" }),
  redirects: (_, env, log) => log.fetch(`${env.UPSTREAM}/endless/secret-path?at=secret-query`).catch(errorOf),
  invalid: (_, __, log) => log.fetch("/secret-path?at=secret-query").catch(errorOf),
  refused: (_, __, log) => log.fetch("http://127.0.0.1:1/secret-path").catch(errorOf),
  none: () => Promise.resolve(new Response("nothing was fetched")),
};

const handle: Way = (request, env, log) => WAYS[request.headers.get("way")!]!(request, env, log);

export class Fetching extends DurableObject<Env> {
  override fetch(request: Request): Promise<Response> {
    const { env, ctx } = this;
    return withRequest({ service: "worker-api", request, env, ctx }, (own, log) => handle(request, own, log));
  }
}

const shared = {
  service: "worker-api",
  tenant: (request: Request) => request.headers.get("tenant"),
  fetch: (request: Request, env: Env, _: unknown, log: { readonly fetch: Send }) => handle(request, env, log),
} as const;
const sending = observe(shared);
const silent = observe({ ...shared, traceparent: false });

export default {
  fetch: (request: Request, env: Env, ctx: ExecutionContext) => (request.headers.has("silent") ? silent : sending).fetch(request as never, env, ctx),
};
