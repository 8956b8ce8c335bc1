/** POST /chat {question, session?, remember?}: streams an answer while the model generates it. */

import type { RequestLog } from "workers-ai-observability";

import { CHAT_MODEL, gatewayOptions } from "../models.ts";
import type { Environment } from "./environment.ts";
import { retrieve } from "./retrieval.ts";

interface ChatRequest {
  readonly question: string;
  readonly session?: string;
  /** If set, the question is stored as a document with this id, so that later questions can find it. */
  readonly remember?: string;
}

export async function chat(request: Request, env: Environment, log: RequestLog): Promise<Response> {
  const tenant = log.tenantId;
  const { question, session = "default", remember } = await request.json<ChatRequest>();
  const history = await env.SESSIONS.getByName(`${tenant}/${session}`).fetch("https://session/", post({ question, session }));
  if (history.status === 429) return history;
  if (remember !== undefined) await ingest(env, tenant, { id: remember, text: question });
  const { texts, cached } = await retrieve(env, question, log);
  const messages = [
    { role: "system", content: `Answer from these documents:\n${texts.join("\n")}` },
    ...(await history.json<string[]>()).map((content) => ({ role: "user", content })),
    { role: "user", content: question },
  ];
  const stream = (await env.AI.run(CHAT_MODEL, { messages, stream: true }, gatewayOptions(tenant))) as unknown as ReadableStream;
  return new Response(stream, { headers: { "content-type": "text/event-stream", "x-cache": cached ? "hit" : "miss" } });
}

async function ingest(env: Environment, tenant: string, document: { id: string; text: string }): Promise<void> {
  const headers = { "x-tenant-id": tenant };
  const response = await env.INGEST.fetch("https://ingest/ingest", post({ documents: [document] }, headers));
  if (!response.ok) throw new Error(`ingest-worker did not accept the document: ${response.status}`);
}

function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method: "POST", body: JSON.stringify(body), headers };
}
