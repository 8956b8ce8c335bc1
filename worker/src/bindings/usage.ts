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

type Json = { readonly [key: string]: unknown } | undefined;

/** The usage in an answer. Undefined where it says none: a model that reads nothing is one that does not say. */
export function usageOf(answer: unknown): Usage | undefined {
  const told = within(answer, "usage") ?? within(within(answer, "result"), "usage") ?? within(within(answer, "response"), "usage");
  const input = tokens(within(told, "prompt_tokens") ?? within(told, "input_tokens"));
  const output = tokens(within(told, "completion_tokens") ?? within(told, "output_tokens"));
  return input + output > 0 ? { input, output } : undefined;
}

/** The text in an answer, or in one event of a stream. */
export function textOf(answer: unknown): string | undefined {
  const choice = within(within(answer, "choices"), "0");
  const text = within(answer, "response") ?? within(within(choice, "delta") ?? within(choice, "message"), "content");
  return typeof text === "string" ? text : undefined;
}

/** The code in an answer that is an error, as the platform words it. */
export function codeIn(answer: unknown): unknown {
  return within(answer, "internalCode") ?? within(within(within(answer, "errors"), "0"), "code");
}

/** Reads a stream of events while it passes: each character once, and never more than one event in memory. */
export class EventReader {
  usage: Usage | undefined;
  text = "";
  readonly #decoder = new TextDecoder();
  readonly #raw: boolean;
  readonly #first: () => void;
  #line = "";
  #tooLong = false;
  #begun = false;

  /** `first` hears of the first event; with `raw`, the text is gathered. */
  constructor(raw: boolean, first: () => void) {
    this.#raw = raw;
    this.#first = first;
  }

  push(bytes: Uint8Array): void {
    const lines = this.#decoder.decode(bytes, { stream: true }).split("\n");
    lines.forEach((part, place) => {
      this.#gather(part);
      if (place < lines.length - 1) this.#endLine();
    });
  }

  /** The last line may lack its end. */
  end(): void {
    this.#endLine();
  }

  #gather(part: string): void {
    this.#tooLong ||= this.#line.length + part.length > LONGEST_EVENT;
    this.#line = this.#tooLong ? "" : this.#line + part;
  }

  #endLine(): void {
    const line = this.#line;
    [this.#line, this.#tooLong] = ["", false];
    if (!line.startsWith("data:")) return;
    if (!this.#begun) this.#first();
    this.#begun = true;
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

function within(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? ((value as NonNullable<Json>)[key] ?? undefined) : undefined;
}

function tokens(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : 0;
}
