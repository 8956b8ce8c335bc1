/** The fake remotes' own books: an account of every call that reached them, kept apart from what the Workers count. */

import type { Call } from "./orders.ts";

export interface Entry extends Call {
  calls: number;
  /** Calls that were refused. */
  refused: number;
  /** Calls whose stream was cut. */
  cut: number;
  /** Tokens as they were told in `usage`. */
  tokens_input: number;
  tokens_output: number;
  /** Calls that were answered in full without `usage`. */
  untold: number;
  /** Vectors that a query found. */
  matches: number;
}

export type Sum = "refused" | "cut" | "tokens_input" | "tokens_output" | "untold" | "matches";

export class Books {
  readonly #entries = new Map<string, Entry>();

  /** Enter a call; what became of it is added to the entry that is given back. */
  enter(call: Call): Entry {
    const key = JSON.stringify([call.binding, call.tenant, call.model, call.operation]);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { ...call, calls: 0, refused: 0, cut: 0, tokens_input: 0, tokens_output: 0, untold: 0, matches: 0 };
      this.#entries.set(key, entry);
    }
    entry.calls += 1;
    return entry;
  }

  entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }
}
