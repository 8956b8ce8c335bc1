/** What models say of their own answers: tokens, and in debugging the text. Read from answers, or as they pass. */

import type { Metadata } from "../../../out/contract/contract.gen.ts";
import { since } from "../answer.ts";
import { readable } from "../words.ts";

/** What an answer told. It has no tokens where it says none: a model that reads nothing is one that does not say. */
export type Told = Pick<Metadata, "tokens_input" | "tokens_output" | "first_token_ms" | "response" | "ai_code">;

/** What may be in an answer; anything may be there instead. */
interface Answer {
  readonly usage?: { readonly [name: string]: unknown };
  readonly result?: Answer;
  readonly response?: unknown;
  readonly choices?: readonly { readonly [part: string]: { readonly content?: unknown } | undefined }[];
  readonly internalCode?: unknown;
  readonly errors?: readonly { readonly code?: unknown }[];
}

/** Characters that are kept of an event or an answer, and of the text of a stream; what is longer cannot be read. */
const LONGEST = 262_144;
/** What tells something: the data of an event, or the JSON of an answer that is none, which the platform writes in one line. */
const TELLING = /^(data:)?\s*(\{.*)/s;

/** What an answer tells, or an event of a stream. The log leaves out a code that is none. */
export function toldBy(answer: unknown): Told {
  const { usage, result, response, choices, internalCode, errors } = (answer ?? {}) as Answer;
  const told = usage ?? result?.usage ?? (response as Answer | undefined)?.usage;
  const tokens_input = tokens(told?.["prompt_tokens"] ?? told?.["input_tokens"]);
  const tokens_output = tokens(told?.["completion_tokens"] ?? told?.["output_tokens"]);
  const text = response ?? (choices?.[0]?.["delta"] ?? choices?.[0]?.["message"])?.content;
  return {
    ...(tokens_input + tokens_output > 0 && { tokens_input, tokens_output }),
    ...(typeof text === "string" && { response: text }),
    ai_code: Number(internalCode ?? errors?.[0]?.code),
  };
}

/** What reads an answer while it passes: each character once, with no more than one event in memory. */
export interface Reader {
  chunk(bytes: Uint8Array): void;
  /** To be asked at its end. */
  told(): Told;
}

/** Reads the answer to a call that began then, on the runtime's clock; if `raw`, its text too. */
export function reading(beganAt: number, raw: boolean | undefined): Reader {
  const decoder = new TextDecoder();
  let line = "";
  let told: Told = {};
  const end = (): void => {
    told = withLine(told, line, beganAt, raw);
    line = "";
  };
  return {
    chunk(bytes) {
      const [rest, ...lines] = decoder.decode(bytes, { stream: true }).split("\n");
      if (line.length <= LONGEST) line += rest;
      for (const next of lines) {
        end();
        line = next;
      }
    },
    told() {
      end(); // the last line may lack its end
      return told;
    },
  };
}

/** What an answer has told with one more line of it. */
function withLine(told: Told, line: string, beganAt: number, raw: boolean | undefined): Told {
  const [, event, json] = TELLING.exec(line) ?? [];
  const begun = event ? { first_token_ms: since(beganAt), ...told } : told;
  if (!json) return begun;
  const { response: more = "", ...tells } = toldBy(readable(() => JSON.parse(json)));
  const { response = "" } = told;
  return { ...begun, ...tells, response: raw && response.length <= LONGEST ? response + more : response };
}

function tokens(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : 0;
}
