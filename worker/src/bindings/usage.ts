/** The usage that models report in their answers: tokens, and when debugging the text. Read from an answer, or while it streams. */

import type { Metadata } from "workers-ai-observability/contract";
import { elapsedSince } from "../clock.ts";
import { tryRead } from "../log_text.ts";
import { textsIn } from "../model_texts.ts";
import { type Ending, finishReasonOf } from "./outcome.ts";
import { type Tokens, tokensOf } from "./token_report.ts";

/** What an answer says; what it does not say is missing. */
export interface AiUsage extends Tokens, Pick<Metadata, "first_token_ms" | "response" | "ai_code" | "model" | "documents" | "finish_reason"> {
  /** What there is beside text, by its counter. */
  units?: Readonly<Partial<Record<Unit, number>>>;
}
type Unit = "ai_embedded_texts_total" | "ai_images_total" | "ai_tool_calls_total";

/** What an answer of Workers AI, AI Gateway or AI Search may contain; anything else may be there instead. */
interface Answer extends Ending {
  readonly usage?: Parameters<typeof tokensOf>[0];
  /** Of an event that starts a stream. */
  readonly message?: Answer;
  readonly result?: Answer;
  readonly response?: unknown;
  readonly choices?: readonly (Ending & { readonly message?: Ending & Content; readonly delta?: Ending & Content })[];
  readonly delta?: Ending & { readonly text?: unknown };
  readonly model?: unknown;
  /** Documents that were found. */
  readonly chunks?: readonly unknown[];
  /** Documents, vectors or images. */
  readonly data?: readonly unknown[];
  readonly image?: unknown;
  /** Parts of a text, some of which may be calls of tools. */
  readonly content?: unknown;
  readonly output?: unknown;
  readonly content_block?: unknown;
  readonly internalCode?: unknown;
  readonly errors?: Errors;
  readonly error?: Errors;
}
interface Content {
  readonly content?: unknown;
}
type Errors = readonly { readonly code?: unknown }[];

/** How many characters of an event or an answer are buffered, and of a stream's text. What is longer is not read. */
const MAX_LENGTH = 262_144;
/** A line with data: that of an event, or the JSON of an answer that does not stream, which the platform writes on one line. */
const DATA_LINE = /^(data:)?\s*(\{.*)/s;

/** The first bytes of PNG, JPEG. No text in UTF-8 starts with them. */
const IMAGES = [0x89, 0xff];

/** Returns the usage that an answer, or an event of a stream, reports. The log leaves out a code that is not a number. */
export function usageOf(answer: unknown): AiUsage {
  const own = Object(answer ?? {}) as Answer;
  const { message, result, response, choices, delta, model, chunks, data, internalCode, errors, error } = own;
  const parts = [own, message, result, response].map((part) => Object(part ?? {}) as Answer);
  const choice = choices?.[0];
  const said = choice?.delta ?? choice?.message;
  const text = response ?? said?.content ?? delta?.text ?? delta;
  const documents = (chunks ?? data)?.length;
  const ai_tool_calls_total = first([...parts, said], toolCallsOf);
  const units = { ...first(parts, unitsOf), ...(ai_tool_calls_total && { ai_tool_calls_total }) };
  const finish_reason = first([...parts, choice, said, delta], (part) => finishReasonOf(part));
  return {
    ...tokensOf(first(parts, ({ usage }) => usage)),
    ...(typeof text === "string" && { response: text }),
    ...(typeof model === "string" && { model }),
    ...(documents !== undefined && { documents }),
    ...(finish_reason && { finish_reason }),
    ...(Object.keys(units).length > 0 && { units }),
    ai_code: Number(internalCode ?? (errors ?? error)?.[0]?.code),
  };
}

/** Returns the first value that is read from the parts that are there. */
function first<Part, Value>(parts: readonly (Part | null | undefined)[], read: (part: Part) => Value | null | undefined): Value | undefined {
  for (const part of parts) {
    const value = part && read(part);
    if (value) return value;
  }
  return undefined;
}

/** Returns how many vectors or images there are; undefined if there are none. */
function unitsOf({ data, image }: Answer): AiUsage["units"] {
  const item = Object(data?.[0] ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof item[0] === "number" || item["embedding"]) return { ai_embedded_texts_total: data!.length };
  if (item["b64_json"]) return { ai_images_total: data!.length };
  return typeof image === "string" ? { ai_images_total: 1 } : undefined;
}

/** Returns how many calls of tools begin in a part of an answer: in a stream, later pieces of one have no name. */
function toolCallsOf({ tool_calls, content, output, content_block }: Pick<Answer, "tool_calls" | "content" | "output" | "content_block">): number {
  const calls = [tool_calls ?? []].flat() as { readonly name?: unknown; readonly function?: { readonly name?: unknown } }[];
  const blocks = [content, output, content_block].flat() as ({ readonly type?: unknown } | undefined)[];
  return calls.filter((call) => call.name || call.function?.name).length + blocks.filter((block) => /^(tool_use|function_call)$/.test(`${block?.type}`)).length;
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
  let isRead = false;
  const endLine = (): void => {
    usage = withLine(usage, line, startedAt);
    line = "";
  };
  return {
    chunk(bytes) {
      if (!isRead && IMAGES.includes(bytes[0]!)) usage = { units: { ai_images_total: 1 } };
      isRead = true;
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
  // some providers report them in different events, and 0 where it is not theirs
  if (report.tokens_output && usage.tokens_input) report.tokens_input ||= usage.tokens_input;
  const ai_tool_calls_total = (usage.units?.ai_tool_calls_total ?? 0) + (report.units?.ai_tool_calls_total ?? 0);
  if (ai_tool_calls_total) report.units = { ...usage.units, ...report.units, ai_tool_calls_total };
  return { ...timed, ...report, response: response.length <= MAX_LENGTH ? response + addition : response };
}
