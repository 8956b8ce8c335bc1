/** A fake of the remote side of a Vectorize index: an exact nearest-neighbor search within a namespace. */

import type { ServerResponse } from "node:http";

import type { CallCounts } from "./call_counts.ts";
import { cosineSimilarity } from "./embedding.ts";
import type { FailureInjector } from "./failures.ts";
import { type RemoteCall, sendJson, sleep } from "./remote_call.ts";

interface Vector {
  readonly id: string;
  readonly namespace?: string;
  readonly values: readonly number[];
}

interface Query {
  readonly vector: readonly number[];
  readonly namespace?: string;
  readonly topK?: number;
}

/** Vectors below this similarity are no match. */
const MIN_SIMILARITY = 0.05;

export class FakeVectorize {
  readonly #vectors = new Map<string, Vector>();

  constructor(
    private readonly counts: CallCounts,
    private readonly failures: FailureInjector,
  ) {}

  /** Responds to a call of `env.VECTORIZE`: `query` or `upsert`. */
  async respond(call: RemoteCall, response: ServerResponse): Promise<void> {
    const operation = call.url.pathname.slice(1);
    const inputs = operation === "query" ? [JSON.parse(call.body) as Query] : parseVectors(call.body);
    const tenant = inputs[0]?.namespace ?? "";
    const key = { binding: "VECTORIZE", tenant, model: "", operation } as const;
    const count = this.counts.add(key);
    const failure = this.failures.take(key);
    if (failure.delay_ms !== undefined) await sleep(failure.delay_ms);
    if (failure.error_code !== undefined) {
      count.failed += 1;
      sendJson(response, 500, { code: failure.error_code, error: "the index is unavailable" });
    } else if (operation === "query") {
      const matches = this.#nearest(inputs[0] as Query);
      count.matches += matches.length;
      sendJson(response, 200, { count: matches.length, matches });
    } else {
      for (const vector of inputs as readonly Vector[]) this.#vectors.set(vector.id, vector);
      sendJson(response, 200, { mutationId: String(this.#vectors.size) });
    }
  }

  #nearest(query: Query): readonly { id: string; score: number }[] {
    return [...this.#vectors.values()]
      .filter(({ namespace }) => namespace === query.namespace)
      .map(({ id, values }) => ({ id, score: cosineSimilarity(values, query.vector) }))
      .filter(({ score }) => score >= MIN_SIMILARITY)
      .sort((a, b) => b.score - a.score)
      .slice(0, query.topK ?? 5);
  }
}

/** Parses the body of an upsert: one vector per line, as JSON. */
function parseVectors(text: string): readonly Vector[] {
  return text.split("\n").map((line) => JSON.parse(line) as Vector);
}
