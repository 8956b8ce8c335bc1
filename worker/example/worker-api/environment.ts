import type { Session } from "./session.ts";

export interface Environment {
  readonly AI: Ai;
  readonly CACHE: KVNamespace;
  readonly DOCUMENTS: KVNamespace;
  readonly INGEST: Fetcher;
  readonly QUESTIONS_AN_HOUR: number | string;
  readonly SESSIONS: DurableObjectNamespace<Session>;
  readonly VECTORIZE: Vectorize;
}
