/** A document out of the queue: its text goes to KV, and its vector to the index, all for the tenant that sent it. */

import type { ObservedMessage } from "workers-ai-observability";

import { embedded } from "../models.ts";
import type { Document, Environment, Passed } from "./environment.ts";

export async function store(message: ObservedMessage<Document, Environment, Passed>): Promise<void> {
  const { body, env, log } = message;
  const id = `${log.tenantId}/${body.id}`;
  try {
    await env.DOCUMENTS.put(id, body.text);
    const values = await embedded(env.AI, log.tenantId, body.text);
    await env.VECTORIZE.upsert([{ id, namespace: log.tenantId, values }]);
    log.info("a document is stored", { document: body.id });
  } catch (error) {
    log.error("a document is not stored, and is tried again", error, { document: body.id });
    message.retry();
  }
}
