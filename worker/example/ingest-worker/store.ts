/** Stores a document from the queue for the tenant that sent it: its text in KV, its vector in Vectorize. */

import type { ObservedMessage } from "workers-ai-observability";

import { embed } from "../models.ts";
import type { Document, Environment, Passed } from "./environment.ts";

export async function store(message: ObservedMessage<Document, Environment, Passed>): Promise<void> {
  const { body, env, log } = message;
  const id = `${log.tenantId}/${body.id}`;
  try {
    await env.DOCUMENTS.put(id, body.text);
    const values = await embed(env.AI, log.tenantId, body.text);
    await env.VECTORIZE.upsert([{ id, namespace: log.tenantId, values }]);
    log.info("document stored", { document: body.id });
  } catch (error) {
    log.error("document not stored, will be retried", error, { document: body.id });
    message.retry();
  }
}
