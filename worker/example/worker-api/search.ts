/** GET /search?q=…: returns the tenant's documents that match a query, without calling a chat model. */

import type { RequestLog } from "workers-ai-observability";

import type { Environment } from "./environment.ts";
import { retrieve } from "./retrieval.ts";

export async function search(request: Request, env: Environment, log: RequestLog): Promise<Response> {
  const query = new URL(request.url).searchParams.get("q");
  if (!query) return new Response("q is missing: /search?q=…", { status: 400 });
  const { texts, cached } = await retrieve(env, query, log);
  return Response.json({ texts }, { headers: { "x-cache": cached ? "hit" : "miss" } });
}
