/** Answers questions from a tenant's documents. */

import { observe } from "workers-ai-observability";

import { chat } from "./chat.ts";
import type { Environment } from "./environment.ts";
import { search } from "./search.ts";

export { TelemetryShard } from "workers-ai-observability/shard";
export { Session } from "./session.ts";

export default observe({
  service: "worker-api",
  bindings: { INGEST: { service: "ingest-worker" } },
  tenant: (request) => request.headers.get("x-tenant-id"),
  fetch: async (request, env: Environment, _, log) => {
    const { pathname } = new URL(request.url);
    if (pathname !== "/chat" && pathname !== "/search") return new Response("not found", { status: 404 });
    if (["unknown", "other"].includes(log.tenantId)) return new Response("x-tenant-id is missing or invalid", { status: 401 });
    return pathname === "/chat" ? chat(request, env, log) : search(request, env, log);
  },
});
