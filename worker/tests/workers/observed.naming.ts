/** Scenarios about tenants and routes that are known late, and about logs that are not passed on. */

import { requestLog } from "../../src/index.ts";
import type { Scenario } from "./observed.ts";

/** Far from the handler, which does not pass its log. */
async function deepInside(): Promise<void> {
  await scheduler.wait(1);
  requestLog()!.tenant("globex");
}

/** A stream that names its tenant after its first part. */
function namingStream(name: () => void): ReadableStream<Uint8Array> {
  let parts = 0;
  return new ReadableStream({
    async pull(controller) {
      await scheduler.wait(20);
      if (parts++ === 1) name();
      if (parts > 3) controller.close();
      else controller.enqueue(new TextEncoder().encode("part;"));
    },
  });
}

export const namingScenarios: Record<string, Scenario> = {
  "late tenant": async (env, log) => {
    await env.KV.get("before");
    log.tenant("globex");
    log.route("/search");
    await env.KV.get("after");
    return Response.json(log.origin);
  },
  "two tenants": async (env, log) => {
    log.tenant("globex");
    await env.KV.get("x");
    log.tenant("initech");
    return new Response(log.tenantId);
  },
  "two routes": (_, log) => {
    log.route("/search");
    log.route("/chat");
    return new Response(log.origin.route);
  },
  "invalid late tenant": (_, log) => {
    log.tenant("a%b");
    log.route("/admin" as never);
    return new Response(log.tenantId);
  },
  "tenant in a stream": (_, log) => new Response(namingStream(() => log.tenant("globex"))),
  "tenant after the answer": (_, log, __, ctx) => {
    ctx.waitUntil(scheduler.wait(50).then(() => log.tenant("globex")));
    return new Response("hello");
  },
  "log from anywhere": async () => {
    await deepInside();
    return new Response("hello");
  },
  "log by context": (_, __, ___, ctx) => {
    requestLog(ctx)!.tenant("globex");
    return new Response("hello");
  },
  "own body": async (_, __, request) => new Response(await request.text()),
  failed: (_, log, request) => {
    log.failed(new Error("caught by the framework"));
    return new Response("sorry", { status: Number(request.headers.get("status")) });
  },
  "failed stream": (_, log) => {
    log.failed(new Error("caught by the framework"));
    return new Response(namingStream(() => undefined));
  },
};
