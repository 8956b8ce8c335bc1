/** POST /ingest {documents: [{id, text}]}: sends the documents to the queue. */

import type { RequestLog } from "workers-ai-observability";

import type { Document, Environment, Passed } from "./environment.ts";

export async function ingest(request: Request, env: Environment, _: unknown, log: RequestLog<Passed>): Promise<Response> {
  if (["unknown", "other"].includes(log.tenantId)) return new Response("x-tenant-id is missing or invalid", { status: 401 });
  if (new URL(request.url).pathname !== "/ingest") return new Response("not found", { status: 404 });
  const { documents } = await request.json<{ documents: readonly Document[] }>();
  for (const document of documents) await env.QUEUE.send(document);
  return Response.json({ accepted: documents.length }, { status: 202 });
}
