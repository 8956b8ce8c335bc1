/** GET /search?q=…: what the tenant's documents say, without a model's words. */

import type { RequestLog } from "workers-ai-observability";

import type { Environment } from "./environment.ts";
import { found } from "./retrieval.ts";

export async function search(request: Request, env: Environment, log: RequestLog): Promise<Response> {
  const question = new URL(request.url).searchParams.get("q");
  if (!question) return new Response("q is missing: /search?q=…", { status: 400 });
  const { texts, cached } = await found(env, question, log);
  return Response.json({ texts }, { headers: { "x-cache": cached ? "hit" : "miss" } });
}
