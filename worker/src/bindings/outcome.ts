/** How calls to models end, in the contract's words: why a text ended, and what went wrong. */

import type { LabelValues } from "workers-ai-observability/contract";

type FinishReason = LabelValues["finish_reason"];
type ErrorClass = LabelValues["error_class"];

/** By the words of Workers AI, OpenAI and Anthropic. */
const FINISH_REASONS = new Map<unknown, FinishReason>(
  Object.entries({
    stop: "stop end_turn stop_sequence completed",
    length: "length max_tokens max_output_tokens",
    tool_calls: "tool_calls tool_use function_call",
    content_filter: "content_filter refusal safety",
    error: "error failed",
  }).flatMap(([reason, words]) => words.split(" ").map((word) => [word, reason as FinishReason])),
);

/** What may say why a text ended; anything else may be there instead. */
export interface Ending {
  readonly finish_reason?: unknown;
  readonly stop_reason?: unknown;
  /** Of OpenAI's responses; of others, anything. */
  readonly incomplete_details?: { readonly reason?: unknown } | null;
  readonly status?: unknown;
  readonly tool_calls?: readonly unknown[] | null;
}

/** Returns why a text ended; undefined if it is not said. */
export function finishReasonOf({ finish_reason, stop_reason, incomplete_details, status, tool_calls }: Ending): FinishReason | undefined {
  const said = finish_reason ?? stop_reason ?? incomplete_details?.reason ?? status;
  return FINISH_REASONS.get(said) ?? (said ? undefined : tool_calls?.length ? "tool_calls" : undefined);
}

/** By the platform's code or the HTTP status. */
const ERROR_CLASSES: Readonly<Record<number, ErrorClass>> = {
  3036: "allocation",
  3040: "capacity",
  3007: "timeout",
  3008: "timeout",
  408: "timeout",
  504: "timeout",
  5007: "no_such_model",
  3042: "no_such_model",
  3006: "too_large",
  413: "too_large",
  2016: "safety",
  2017: "safety",
  2003: "rate_limit",
  429: "rate_limit",
};

/** Returns what went wrong in a call that failed. The platform's code says more than the status that comes with it. */
export function errorClassOf(code: number, status = 0, error?: unknown): ErrorClass {
  const { name, message } = Object(error) as Partial<Error>;
  return ERROR_CLASSES[code] ?? ERROR_CLASSES[status] ?? (name === "TimeoutError" ? "timeout" : /\b429\b/.test(`${message}`) ? "rate_limit" : "other");
}
