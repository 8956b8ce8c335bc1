/** The usage that models report in their answers: tokens, and when debugging the text. Read from an answer, or while it streams. */

import type { Metadata } from "workers-ai-observability/contract";
import { elapsedSince } from "../clock.ts";
import { tryRead } from "../log_text.ts";

/** Without tokens if the answer reports none: zeros are taken for a missing report, because every model reads something. */
export type AiUsage = Pick<Metadata, "tokens_input" | "tokens_output" | "first_token_ms" | "response" | "ai_code">;

/** What an answer may contain; anything else may be there instead. */
interface Answer {
  readonly usage?: { readonly [name: string]: unknown };
  readonly result?: Answer;
  readonly response?: unknown;
  readonly choices?: readonly { readonly [part: string]: { readonly content?: unknown } | undefined }[];
  readonly internalCode?: unknown;
  readonly errors?: readonly { readonly code?: unknown }[];
}

/** How many characters of an event or an answer are buffered, and of a stream's text. What is longer is not read. */
const MAX_LENGTH = 262_144;
/** A line with data: that of an event, or the JSON of an answer that does not stream, which the platform writes on one line. */
const DATA_LINE = /^(data:)?\s*(\{.*)/s;

/** Returns the usage that an answer, or an event of a stream, reports. The log leaves out a code that is not a number. */
export function usageOf(answer: unknown): AiUsage {
  const { usage, result, response, choices, internalCode, errors } = (answer ?? {}) as Answer;
  const report = usage ?? result?.usage ?? (response as Answer | undefined)?.usage;
  const tokens_input = tokenCount(report?.["prompt_tokens"] ?? report?.["input_tokens"]);
  const tokens_output = tokenCount(report?.["completion_tokens"] ?? report?.["output_tokens"]);
  const choice = choices?.[0];
  const text = response ?? (choice?.["delta"] ?? choice?.["message"])?.content;
  return {
    ...(tokens_input + tokens_output > 0 && { tokens_input, tokens_output }),
    ...(typeof text === "string" && { response: text }),
    ai_code: Number(internalCode ?? errors?.[0]?.code),
  };
}

/** Reads an answer while it streams: each character once, with at most one event in memory. */
export interface UsageReader {
  chunk(bytes: Uint8Array): void;
  /** Returns the text so far. */
  text(): string;
  /** Returns the usage; to be called at the end. */
  usage(): AiUsage;
}

/** Returns a reader of the answer to a call that started at this time of the runtime's clock; `usage` has the text if `readsText`. */
export function createUsageReader(startedAt: number, readsText: boolean): UsageReader {
  const decoder = new TextDecoder();
  let line = "";
  let usage: AiUsage = {};
  const endLine = (): void => {
    usage = withLine(usage, line, startedAt);
    line = "";
  };
  return {
    chunk(bytes) {
      const [rest, ...nextLines] = decoder.decode(bytes, { stream: true }).split("\n");
      if (line.length <= MAX_LENGTH) line += rest;
      for (const nextLine of nextLines) {
        endLine();
        line = nextLine;
      }
    },
    text: () => usage.response ?? "",
    usage() {
      endLine(); // the last line may have no line end
      return readsText || usage.response === undefined ? usage : { ...usage, response: "" };
    },
  };
}

/** Returns the usage after one more line. */
function withLine(usage: AiUsage, line: string, startedAt: number): AiUsage {
  const [, isEvent, json] = DATA_LINE.exec(line) ?? [];
  const timed = isEvent ? { first_token_ms: elapsedSince(startedAt), ...usage } : usage;
  if (!json) return timed;
  const { response: addition = "", ...report } = usageOf(tryRead(() => JSON.parse(json)));
  const { response = "" } = usage;
  return { ...timed, ...report, response: response.length <= MAX_LENGTH ? response + addition : response };
}

function tokenCount(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : 0;
}
