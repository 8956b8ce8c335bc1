/** The remote side of a Vectorize index: vectors by namespace, the nearest found by comparing with all. */

import type { ServerResponse } from "node:http";

import type { Books } from "./books.ts";
import type { Orders } from "./orders.ts";
import { answer, type Forwarded, pause } from "./remote.ts";
import { likeness } from "./words.ts";

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

/** What has nothing in common is not found. */
const LEAST = 0.05;

export class Index {
  readonly #vectors = new Map<string, Vector>();

  constructor(
    private readonly books: Books,
    private readonly orders: Orders,
  ) {}

  /** Answer a call of `env.VECTORIZE`: `query` and `upsert`. */
  async take(call: Forwarded, response: ServerResponse): Promise<void> {
    const operation = call.url.pathname.slice(1);
    const given = operation === "query" ? [JSON.parse(call.body) as Query] : rows(call.body);
    const tenant = given[0]?.namespace ?? "";
    const named = { binding: "VECTORIZE", tenant, model: "", operation } as const;
    const entry = this.books.enter(named);
    const order = this.orders.meet(named);
    if (order.wait !== undefined) await pause(order.wait);
    if (order.refuse !== undefined) {
      entry.refused += 1;
      answer(response, 500, { code: order.refuse, error: "the index does not answer" });
    } else if (operation === "query") {
      const matches = this.#nearest(given[0] as Query);
      entry.matches += matches.length;
      answer(response, 200, { count: matches.length, matches });
    } else {
      for (const vector of given as readonly Vector[]) this.#vectors.set(vector.id, vector);
      answer(response, 200, { mutationId: String(this.#vectors.size) });
    }
  }

  #nearest(query: Query): readonly { id: string; score: number }[] {
    return [...this.#vectors.values()]
      .filter(({ namespace }) => namespace === query.namespace)
      .map(({ id, values }) => ({ id, score: likeness(values, query.vector) }))
      .filter(({ score }) => score >= LEAST)
      .sort((one, other) => other.score - one.score)
      .slice(0, query.topK ?? 5);
  }
}

function rows(text: string): readonly Vector[] {
  return text.split("\n").map((line) => JSON.parse(line) as Vector);
}
