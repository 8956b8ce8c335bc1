/** Failure injection: which calls to the fakes are delayed, fail, or are truncated. */

export interface Call {
  readonly binding: "AI" | "VECTORIZE";
  /** From the metadata of AI Gateway or the Vectorize namespace; empty if they have none. */
  readonly tenant: string;
  /** The model's name; empty for Vectorize. */
  readonly model: string;
  /** Such as `run`, `query` or `upsert`. */
  readonly operation: string;
}

/** A failure to inject. It applies to all calls that match the given fields of `Call`. */
export interface Failure extends Partial<Call> {
  /** Delay before the response in milliseconds. */
  readonly delay_ms?: number;
  /** The platform's error code to respond with: 3040 or 3036 of Workers AI, 40005 of Vectorize. */
  readonly error_code?: number;
  /** Close the connection in the middle of a stream. */
  readonly truncate?: boolean;
  /** The number of calls that it applies to. Default: all. */
  readonly times?: number;
}

const MATCHED_FIELDS = ["binding", "tenant", "model", "operation"] as const;

export class FailureInjector {
  #active: { failure: Failure; remaining: number }[] = [];

  /** Replaces all failures. */
  replace(failures: readonly Failure[]): void {
    this.#active = failures.map((failure) => ({ failure, remaining: failure.times ?? Number.POSITIVE_INFINITY }));
  }

  /** Returns the first failure that matches a call, and uses it up by one; an empty failure if none matches. */
  take(call: Call): Failure {
    const match = this.#active.find(
      ({ failure, remaining }) =>
        remaining > 0 && MATCHED_FIELDS.every((field) => failure[field] === undefined || failure[field] === call[field]),
    );
    if (match === undefined) return {};
    match.remaining -= 1;
    return match.failure;
  }
}
