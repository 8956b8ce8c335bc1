/** POST /chat {question, session?, remember?}: an answer, streamed as it is written. */

import type { RequestLog } from "workers-ai-observability";

import { gateway, WRITER } from "../models.ts";
import type { Environment } from "./environment.ts";
import { found } from "./retrieval.ts";

interface Asked {
  readonly question: string;
  readonly session?: string;
  /** Make a document of the question, for later ones to find. */
  readonly remember?: string;
}

export async function chat(request: Request, env: Environment, log: RequestLog): Promise<Response> {
  const tenant = log.tenantId;
  const { question, session = "default", remember } = await request.json<Asked>();
  const turn = { question, session };
  const before = await env.SESSIONS.getByName(`${tenant}/${session}`).fetch("https://session/", post(turn));
  if (before.status === 429) return before;
  if (remember !== undefined) await ingest(env, tenant, { id: remember, text: question });
  const { texts, cached } = await found(env, question, log);
  const messages = [
    { role: "system", content: `Answer from these documents:\n${texts.join("\n")}` },
    ...(await before.json<string[]>()).map((content) => ({ role: "user", content })),
    { role: "user", content: question },
  ];
  const stream = (await env.AI.run(WRITER, { messages, stream: true }, gateway(tenant))) as unknown as ReadableStream;
  return new Response(stream, { headers: { "content-type": "text/event-stream", "x-cache": cached ? "hit" : "miss" } });
}

async function ingest(env: Environment, tenant: string, document: { id: string; text: string }): Promise<void> {
  const headers = { "x-tenant-id": tenant };
  const answer = await env.INGEST.fetch("https://ingest/ingest", post({ documents: [document] }, headers));
  if (!answer.ok) throw new Error(`the document was not taken: ${answer.status}`);
}

function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method: "POST", body: JSON.stringify(body), headers };
}
