/** Retrieves the tenant's documents that match a question: from the cache in KV, or from Vectorize. */

import type { RequestLog } from "workers-ai-observability";

import { embed } from "../models.ts";
import type { Environment } from "./environment.ts";

const CACHE_TTL_SECONDS = 300;
const TOP_K = 3;

export interface Retrieval {
  readonly texts: readonly string[];
  readonly cached: boolean;
}

export async function retrieve(env: Environment, question: string, log: RequestLog): Promise<Retrieval> {
  const tenant = log.tenantId;
  const key = `${tenant}/${await digest(question)}`;
  const cachedTexts = await env.CACHE.get<string[]>(key, "json");
  if (cachedTexts !== null) {
    log.cacheHit();
    return { texts: cachedTexts, cached: true };
  }
  const vector = await embed(env.AI, tenant, question);
  const { matches } = await env.VECTORIZE.query(vector, { namespace: tenant, topK: TOP_K });
  const documents = await Promise.all(matches.map(({ id }) => env.DOCUMENTS.get(id)));
  const texts = documents.filter((text) => text !== null);
  await env.CACHE.put(key, JSON.stringify(texts), { expirationTtl: CACHE_TTL_SECONDS });
  return { texts, cached: false };
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
