/** The tokens that models report: OpenAI's two forms, which Workers AI follows, and Anthropic's. */

import type { Metadata } from "workers-ai-observability/contract";

/** Without a number that the report does not state, because it is unknown; zero is what a report states. */
export type Tokens = Pick<
  Metadata,
  "tokens_input" | "tokens_input_cached" | "tokens_input_cache_write" | "tokens_output" | "tokens_output_reasoning"
>;
type Numbers = { readonly [name: string]: unknown } | null | undefined;

/**
 * Returns the tokens of a report; none if all are zeros, which stand for a missing report, because every model reads something. A
 * total tells what is left out.
 */
export function tokensOf(report: Numbers): Tokens {
  if (!report) return {};
  const details = (...names: string[]): Numbers => names.map((name) => report[name] as Numbers).find(Boolean);
  const input = details("prompt_tokens_details", "input_tokens_details");
  const output = details("completion_tokens_details", "output_tokens_details");
  const { cache_read_input_tokens, cache_creation_input_tokens } = report;
  const cached = input?.["cached_tokens"] ?? cache_read_input_tokens;
  const written = input?.["cache_write_tokens"] ?? cache_creation_input_tokens;
  // only Anthropic leaves these out of the input
  const excluded = (tokenCount(cache_read_input_tokens) ?? 0) + (tokenCount(cache_creation_input_tokens) ?? 0);
  const uncached = tokenCount(report["input_tokens"]);
  const inputTokens = tokenCount(report["prompt_tokens"]) ?? (uncached === undefined && !excluded ? undefined : (uncached ?? 0) + excluded);
  const outputTokens = tokenCount(report["completion_tokens"] ?? report["output_tokens"]);
  const total = tokenCount(report["total_tokens"]);
  const rest = (part: number | undefined): number | undefined => tokenCount(total! - part!);
  const tokens_input = inputTokens ?? rest(outputTokens);
  const tokens_output = outputTokens ?? rest(inputTokens);
  if (!tokens_input && !tokens_output) return {};
  const tokens_input_cached = tokenCount(cached, tokens_input);
  return withoutUnknown({
    tokens_input,
    tokens_input_cached,
    tokens_input_cache_write: tokenCount(written, tokens_input && tokens_input - (tokens_input_cached ?? 0)),
    tokens_output,
    tokens_output_reasoning: tokenCount(output?.["reasoning_tokens"], tokens_output),
  });
}

/** Returns a number of tokens; undefined if it is none, or not a part of a whole. */
function tokenCount(value: unknown, whole = Number.MAX_SAFE_INTEGER): number | undefined {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= whole ? (value as number) : undefined;
}

const withoutUnknown = (tokens: { readonly [Name in keyof Tokens]: number | undefined }): Tokens =>
  Object.fromEntries(Object.entries(tokens).filter(([, count]) => count !== undefined));
