/** Counts the calls that reach the fakes, independently of what the Workers count. */

import type { Call } from "./failures.ts";

export interface CallCount extends Call {
  calls: number;
  /** Calls with an error response. */
  failed: number;
  /** Calls whose stream was truncated. */
  truncated: number;
  /** Tokens that responses reported in `usage`. */
  tokens_input: number;
  tokens_input_cached: number;
  tokens_input_cache_write: number;
  tokens_output: number;
  tokens_output_reasoning: number;
  embedded_texts: number;
  /** Complete responses without `usage`. */
  without_usage: number;
  /** Vectors that queries returned. */
  matches: number;
}

const NONE = {
  calls: 0,
  failed: 0,
  truncated: 0,
  tokens_input: 0,
  tokens_input_cached: 0,
  tokens_input_cache_write: 0,
  tokens_output: 0,
  tokens_output_reasoning: 0,
  embedded_texts: 0,
  without_usage: 0,
  matches: 0,
} satisfies Partial<CallCount>;

export class CallCounts {
  readonly #counts = new Map<string, CallCount>();

  /** Counts a call, and returns its entry so that the caller can add the outcome. */
  add(call: Call): CallCount {
    const key = JSON.stringify([call.binding, call.tenant, call.model, call.operation]);
    let count = this.#counts.get(key);
    if (count === undefined) {
      count = { ...call, ...NONE };
      this.#counts.set(key, count);
    }
    count.calls += 1;
    return count;
  }

  all(): readonly CallCount[] {
    return [...this.#counts.values()];
  }
}
