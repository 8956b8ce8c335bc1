/** The usage that models report in their answers: tokens, and when debugging the text. Read from an answer, or while it streams. */

import type { Metadata } from "workers-ai-observability/contract";
import { elapsedSince } from "../clock.ts";
import { tryRead } from "../log_text.ts";
import { textsIn } from "../model_texts.ts";
import { type Tokens, tokensOf } from "./token_report.ts";

/** What an answer says; what it does not say is missing. */
export type AiUsage = Tokens & Pick<Metadata, "first_token_ms" | "response" | "ai_code" | "model" | "documents">;

/** What an answer of Workers AI, AI Gateway or AI Search may contain; anything else may be there instead. */
interface Answer {
  readonly usage?: Report;
  /** Of an event that starts a stream. */
  readonly message?: Answer;
  readonly result?: Answer;
  readonly response?: unknown;
  readonly choices?: readonly { readonly [part: string]: { readonly content?: unknown } | undefined }[];
  readonly delta?: { readonly text?: unknown };
  readonly model?: unknown;
  /** Documents that were found. */
  readonly chunks?: readonly unknown[];
  readonly data?: readonly unknown[];
  readonly internalCode?: unknown;
  readonly errors?: Errors;
  readonly error?: Errors;
}
interface Report {
  readonly [name: string]: unknown;
}
type Errors = readonly { readonly code?: unknown }[];

/** How many characters of an event or an answer are buffered, and of a stream's text. What is longer is not read. */
const MAX_LENGTH = 262_144;
/** A line with data: that of an event, or the JSON of an answer that does not stream, which the platform writes on one line. */
const DATA_LINE = /^(data:)?\s*(\{.*)/s;

/** Returns the usage that an answer, or an event of a stream, reports. The log leaves out a code that is not a number. */
export function usageOf(answer: unknown): AiUsage {
  const { usage, message, result, response, choices, delta, model, chunks, data, internalCode, errors, error } = (answer ?? {}) as Answer;
  const report = usage ?? (message ?? result)?.usage ?? (response as Answer | undefined)?.usage;
  const choice = choices?.[0];
  const text = response ?? (choice?.["delta"] ?? choice?.["message"])?.content ?? delta?.text ?? delta;
  const documents = (chunks ?? data)?.length;
  return {
    ...tokensOf(report),
    ...(typeof text === "string" && { response: text }),
    ...(typeof model === "string" && { model }),
    ...(documents !== undefined && { documents }),
    ai_code: Number(internalCode ?? (errors ?? error)?.[0]?.code),
  };
}

/** Reads an answer while it streams: each character once, with at most one event in memory. */
export interface UsageReader {
  chunk(bytes: Uint8Array): void;
  /** Returns the texts so far. */
  texts(): readonly string[];
  /** Returns the usage; to be called at the end. */
  usage(): AiUsage;
}

/**
 * Returns a reader of the answer to a call that started at this time of the runtime's clock; `usage` has the text if `readsText`. If
 * the answer `isJson`, it does not stream and may have line ends anywhere.
 */
export function createUsageReader(startedAt: number, readsText: boolean, isJson = false): UsageReader {
  const decoder = new TextDecoder();
  let line = "";
  let usage: AiUsage = {};
  let texts: readonly string[] = [];
  const endLine = (): void => {
    usage = withLine(usage, line, startedAt);
    line = "";
  };
  return {
    chunk(bytes) {
      const text = decoder.decode(bytes, { stream: true });
      const [rest, ...nextLines] = isJson ? [text] : text.split("\n");
      if (line.length <= MAX_LENGTH) line += rest;
      for (const nextLine of nextLines) {
        endLine();
        line = nextLine;
      }
    },
    texts: () => [usage.response ?? "", ...texts],
    usage() {
      const json: unknown = isJson && tryRead(() => JSON.parse(line));
      texts = textsIn(typeof json === "string" ? line : json); // one that is too long is not JSON
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
  if (report.tokens_output) report.tokens_input ||= usage.tokens_input ?? 0; // some providers report them in different events
  return { ...timed, ...report, response: response.length <= MAX_LENGTH ? response + addition : response };
}
