/** What the tenant's documents say to a question: from the cache, or found among their vectors. */

import type { RequestLog } from "workers-ai-observability";

import { embedded } from "../models.ts";
import type { Environment } from "./environment.ts";

const KEPT_SECONDS = 300;
const DOCUMENTS = 3;

export interface Found {
  readonly texts: readonly string[];
  readonly cached: boolean;
}

export async function found(env: Environment, question: string, log: RequestLog): Promise<Found> {
  const tenant = log.tenantId;
  const key = `${tenant}/${await digest(question)}`;
  const kept = await env.CACHE.get<string[]>(key, "json");
  if (kept !== null) {
    log.cacheHit();
    return { texts: kept, cached: true };
  }
  const vector = await embedded(env.AI, tenant, question);
  const { matches } = await env.VECTORIZE.query(vector, { namespace: tenant, topK: DOCUMENTS });
  const read = await Promise.all(matches.map(({ id }) => env.DOCUMENTS.get(id)));
  const texts = read.filter((text) => text !== null);
  await env.CACHE.put(key, JSON.stringify(texts), { expirationTtl: KEPT_SECONDS });
  return { texts, cached: false };
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
