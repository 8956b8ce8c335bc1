/** What models say of their own answers: tokens, and in debugging the text. Read from answers, or as they stream by. */

/** Tokens as the model reports them. */
export interface Usage {
  readonly input: number;
  readonly output: number;
}

/** Characters of one event that are kept; longer ones cannot be read. */
const LONGEST_EVENT = 65_536;
/** Characters of a JSON answer that are kept; of a longer one, the usage is unknown. */
const LONGEST_ANSWER = 262_144;
/** Characters of an answer that a line can hold. */
const LONGEST_TEXT = 32_768;
const USAGE = /"usage"\s*:\s*\{/;

/** What may be in an answer; anything may be there instead. */
interface Answer {
  readonly usage?: { readonly [name: string]: unknown };
  readonly result?: Answer;
  readonly response?: unknown;
  readonly choices?: readonly { readonly [part: string]: { readonly content?: unknown } | undefined }[];
  readonly internalCode?: unknown;
  readonly errors?: readonly { readonly code?: unknown }[];
}

/** The usage in an answer. Undefined where it says none: a model that reads nothing is one that does not say. */
export function usageOf(answer: unknown): Usage | undefined {
  const { usage, result, response } = (answer ?? {}) as Answer;
  const told = usage ?? result?.usage ?? (response as Answer | undefined)?.usage;
  const input = tokens(told?.["prompt_tokens"] ?? told?.["input_tokens"]);
  const output = tokens(told?.["completion_tokens"] ?? told?.["output_tokens"]);
  return input + output ? { input, output } : undefined;
}

/** The text in an answer, or in one event of a stream. */
export function textOf(answer: unknown): string | undefined {
  const { response, choices } = (answer ?? {}) as Answer;
  const text = response ?? (choices?.[0]?.["delta"] ?? choices?.[0]?.["message"])?.content;
  return typeof text === "string" ? text : undefined;
}

/** The code in an answer that is an error, as the platform words it. */
export function codeIn(answer: unknown): unknown {
  const { internalCode, errors } = (answer ?? {}) as Answer;
  return internalCode ?? errors?.[0]?.code;
}

/** Reads a stream of events while it passes: each character once, and never more than one event in memory. */
export class EventReader {
  usage: Usage | undefined;
  text = "";
  readonly #decoder = new TextDecoder();
  readonly #raw: boolean;
  #first: (() => void) | undefined;
  #line: string | undefined = "";

  /** `first` hears of the first event; with `raw`, the text is gathered. */
  constructor(raw: boolean, first: () => void) {
    this.#raw = raw;
    this.#first = first;
  }

  push(bytes: Uint8Array): void {
    const [rest, ...lines] = this.#decoder.decode(bytes, { stream: true }).split("\n");
    this.#gather(rest!);
    for (const line of lines) {
      this.end();
      this.#gather(line);
    }
  }

  #gather(part: string): void {
    if (this.#line !== undefined) this.#line = this.#line.length + part.length > LONGEST_EVENT ? undefined : this.#line + part;
  }

  /** Ends a line; the last may lack its end. */
  end(): void {
    const line = this.#line;
    this.#line = "";
    if (!line?.startsWith("data:")) return;
    this.#first?.();
    this.#first = undefined;
    const wanted = this.#raw && this.text.length < LONGEST_TEXT;
    if (!wanted && !USAGE.test(line)) return;
    const event = parsed(line.slice("data:".length));
    this.usage = usageOf(event) ?? this.usage;
    if (wanted) this.text += textOf(event) ?? "";
  }
}

/** Gathers a JSON answer that passes as bytes, up to a limit. */
export class AnswerReader {
  readonly #decoder = new TextDecoder();
  #text = "";

  push(bytes: Uint8Array): void {
    if (this.#text.length <= LONGEST_ANSWER) this.#text += this.#decoder.decode(bytes, { stream: true });
  }

  get answer(): unknown {
    return parsed(this.#text);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // as `[DONE]`, or what was cut
  }
}

function tokens(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : 0;
}
