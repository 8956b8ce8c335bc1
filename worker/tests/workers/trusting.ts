/** A Worker that sends requests on in the way that the header `way` names; each receiver answers with the origin that it believed. */

import { DurableObject, env as importedEnv } from "cloudflare:workers";
import { observe, originOf, withRequest } from "../../src/index.ts";

/** The clock of the isolate, which a test can set ahead. */
const realNow = Date.now;
let clockOffsetMs = 0;
Date.now = () => realNow() + clockOffsetMs;

export class TelemetryShard extends DurableObject {
  add(): void {}
}

export class Target extends DurableObject<Env> {
  override fetch(request: Request): Promise<Response> {
    const { env, ctx } = this;
    return withRequest({ service: "worker-api", request, env, ctx }, async (_, log) => {
      if (request.headers.get("way") === "object to a public host") return fetch(new Request(env.UPSTREAM, request));
      return Response.json({ ...log.origin, same: originOf(request, { service: "worker-api", env, ctx }).requestId === log.requestId });
    });
  }
  take(request: Request): Promise<object> {
    const { env, ctx } = this;
    return withRequest({ service: "worker-api", request, env, ctx }, (_, log) => log.origin);
  }
}

interface Env {
  readonly TARGET: DurableObjectNamespace<Target>;
  readonly INNER: Service;
  readonly TRUSTED: Service;
  readonly OTHER: Service;
  readonly ECHO: Service;
  readonly UPSTREAM: string;
}

const believed = (service: "worker-api" | "ingest-worker") =>
  observe({
    service,
    fetch: (request, _: Env, __, { requestId, tenantId }) => {
      if (request.headers.get("way") === "redirect" && !request.url.endsWith("/there")) return Response.redirect("https://inner/there", 307);
      return Response.json({ requestId, tenantId, header: request.headers.get("x-request-origin") });
    },
  });
export const Inner = believed("worker-api");
export const Other = believed("ingest-worker");
/** Answers with the header as it arrived. */
export const Echo = { fetch: (request: Request) => new Response(request.headers.get("x-request-origin")) };

type Way = (request: Request, env: Env, ctx: ExecutionContext) => Promise<Response>;
const raw = importedEnv as unknown as Env;
const exportsOf = (ctx: ExecutionContext) => (ctx as unknown as { exports: { Inner: Fetcher; Target: Env["TARGET"] } }).exports;
const jsonOf = async (value: Promise<unknown>): Promise<Response> => Response.json(await value);

const WAYS: Record<string, Way> = {
  "observed object": (request, env) => env.TARGET.getByName("x").fetch(request),
  "observed service": (request, env) => env.INNER.fetch(request),
  "observed trusted service": (request, env) => env.TRUSTED.fetch(request),
  "request as argument": (request, env) => jsonOf(env.TARGET.getByName("x").take(request) as Promise<unknown>),
  "imported stub": (request) => raw.TARGET.getByName("x").fetch(request),
  "imported service": (request) => raw.INNER.fetch(request),
  "imported trusted service": (request) => raw.TRUSTED.fetch(request),
  "exported service": (request, _, ctx) => exportsOf(ctx).Inner.fetch(request),
  "exported object": (request, _, ctx) => exportsOf(ctx).Target.getByName("x").fetch(request),
  redirect: ({ headers }) => raw.TRUSTED.fetch(new Request("https://inner/", { headers, redirect: "follow" })),
  copy: (request) => raw.TARGET.getByName("x").fetch(new Request(request)),
  "public host": (request, env) => fetch(new Request(env.UPSTREAM, request)),
  "object to a public host": (request, env) => env.TARGET.getByName("x").fetch(request),
  capture: (request, env) => env.ECHO.fetch(request),
};

const entry = observe({
  service: "worker-api",
  tenant: (request) => request.headers.get("tenant"),
  bindings: { INNER: { service: "worker-api" }, TRUSTED: { service: "worker-api" }, ECHO: { service: "worker-api" } },
  fetch: (request, env: Env, ctx) => WAYS[request.headers.get("way")!]!(request, env, ctx),
});

/** `replay` sends a captured header to a receiver as it is, some time later; it is not observed, as an attacker inside would not be. */
export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const [, receiver, offset] = /^\/replay\/(\w+)\/(-?\d+)$/.exec(new URL(request.url).pathname) ?? [];
    if (!receiver) return entry.fetch(request, env as never, ctx);
    clockOffsetMs = Number(offset);
    const answer = await (receiver === "TARGET" ? env.TARGET.getByName("x") : env[receiver as "INNER"]).fetch(request);
    clockOffsetMs = 0;
    return new Response(await answer.text());
  },
};
