/** Text that is safe to log: any value as text, redacted and truncated. Nothing here throws. */

import { isSecretName, redactionMark, redactText, type RuleSet } from "./redaction.ts";

/** How deep values are nested in a value that is written, and how many characters are read of all of them. */
const MAX_DEPTH = 400;
const UNREADABLE_JSON = '"[unreadable]"';
const MAX_LENGTH = 8192;
const MAX_NAME_LENGTH = 128;
const MAX_CAUSES = 4;
const MAX_INNER_ERRORS = 5;
const MAX_ERRORS = 100;
/** The last characters of a text that was cut before its redaction may belong to an incomplete match: they are dropped. */
const UNCERTAIN_LENGTH = 600;
/** Everything up to the end of the last redaction mark. */
const LAST_MARK = /.*\[redacted:\w+\]|/s;
const MAX_CACHED_LENGTH = 128;
const MAX_CACHED_TEXTS = 1000;
/** Short texts in which nothing is redacted: programs log the same ones again and again. */
const cleanTexts: Record<RuleSet, Set<string>> = { all: new Set(), credential: new Set() };

/** Redacts a text and truncates it to a length. */
export type Clean = (text: string, maxLength: number, rules?: RuleSet) => string;

/**
 * Redacts a text and truncates it to `maxLength` UTF-16 code units; a truncated text ends in `…`. Neither a redaction mark nor
 * a surrogate pair is cut in half, and a lone surrogate is replaced. The work is bounded by `maxLength`. Where there is `remove`, it
 * removes from the text before anything else does.
 */
export function redactAndTruncate(text: string, maxLength: number, rules: RuleSet = "all", remove?: (text: string) => string): string {
  const cache = cleanTexts[rules];
  const readLength = 2 * maxLength + UNCERTAIN_LENGTH;
  const read = text.slice(0, readLength);
  const kept = remove?.(read) ?? read;
  if (text.length <= maxLength && cache.has(kept)) return kept;
  const redacted = redactText(kept, rules).toWellFormed();
  if (redacted === text && text.length <= MAX_CACHED_LENGTH) {
    if (cache.size >= MAX_CACHED_TEXTS) cache.clear();
    cache.add(text);
  }
  if (text.length <= readLength) return truncate(redacted, maxLength);
  const certainLength = Math.max(redacted.length - UNCERTAIN_LENGTH, LAST_MARK.exec(redacted)![0].length + 1);
  return truncate(`${redacted}…`, Math.min(maxLength, certainLength));
}

function truncate(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const incompleteEnd = /\[[\w:]{0,42}$|[\ud800-\udbff]$/;
  return `${text.slice(0, maxLength - 1).replace(incompleteEnd, "")}…`;
}

/** Returns what `read` returns, or a placeholder if it throws, as getters and proxies may. */
export function tryRead<Value>(read: () => Value): Value | "[unreadable]" {
  try {
    return read();
  } catch {
    return "[unreadable]";
  }
}

/**
 * Returns a string as it is, and any other value as JSON whose texts are redacted. The values of secret names and bytes are left
 * out; what cannot be read, and what contains itself, is a placeholder. A long value is cut: what is not written is not read.
 */
export function toText(value: unknown, clean: Clean = redactAndTruncate): string {
  if (typeof value === "string") return value;
  const json = tryRead(() => new JsonWriter(clean).write({ "": value }, "") ?? `[${typeof value}]`);
  return json === UNREADABLE_JSON ? JSON.parse(json) : json;
}

type Holder = Readonly<Record<string, unknown>>;

class JsonWriter {
  #charactersLeft = MAX_LENGTH;
  readonly #parents: unknown[] = [];

  constructor(readonly clean: Clean) {}

  /** Returns a member of an object as JSON; undefined if JSON leaves it out. */
  write(holder: Holder, key: string): string | undefined {
    const original = tryRead(() => holder[key]);
    const value = tryRead(() => plainValue(original, key));
    if (isSecret(holder, key, value)) return this.#text(redactionMark("named_secret"));
    if (typeof value === "bigint" || typeof value === "string" || value instanceof String) return this.#text(String(value));
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    if (this.#parents.includes(value)) return '"[circular]"';
    if (this.#parents.length >= MAX_DEPTH) return '"[too deep]"';
    this.#parents.push(value);
    const json = tryRead(() => (Array.isArray(value) ? `[${this.#members(value)}]` : `{${this.#members(value)}}`));
    this.#parents.pop();
    return json === "[unreadable]" ? UNREADABLE_JSON : json;
  }

  #text(text: string): string {
    const json = JSON.stringify(this.clean(text, Math.min(MAX_LENGTH, Math.max(MAX_NAME_LENGTH, this.#charactersLeft))));
    this.#charactersLeft -= json.length;
    return json;
  }

  #members(value: object): string {
    const isList = Array.isArray(value);
    const members: string[] = [];
    for (const name of isList ? value.keys() : ownNames(value)) {
      this.#charactersLeft -= 1;
      if (this.#charactersLeft < 0) {
        members.push("…");
        break;
      }
      const json = this.write(value as Holder, String(name));
      if (isList) members.push(json ?? "null");
      else if (json !== undefined) members.push(`${this.#text(String(name))}:${json}`);
    }
    return members.join();
  }
}

/** Yields the names of an object's fields, without reading more of them than are used. */
function* ownNames(value: object): Generator<string> {
  for (const name in value) if (Object.hasOwn(value, name)) yield name;
}

/** Returns what JSON writes for a value. */
function plainValue(value: unknown, key: string): unknown {
  if (value instanceof Error) return errorStack(value);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  const { toJSON } = Object(value ?? {}) as { toJSON?: unknown };
  return toJSON instanceof Function ? toJSON.call(value, key) : value;
}

/**
 * Returns whether a part of a value is a secret: it has a secret's name, and is neither empty nor a boolean. The name is the part's own
 * key, or, as headers are often listed, the text before it in an array, or the `name`, `key` or `header` beside a field `value`.
 */
function isSecret(holder: Holder, key: string, value: unknown): boolean {
  const name = tryRead(() => nameOf(holder, key));
  if (typeof name !== "string" || !isSecretName(name.slice(0, MAX_NAME_LENGTH))) return false;
  return typeof value !== "boolean" && (value ?? "") !== "";
}

function nameOf(holder: Holder, key: string): unknown {
  if (Array.isArray(holder)) return holder[Number(key) - 1];
  if (!/^values?$/i.test(key)) return key;
  return ["name", "key", "header", "Name", "Key", "Header"].map((name) => holder[name]).find(Boolean);
}

/** Returns an error's message; for anything else that was thrown, its text. */
export function errorMessage(error: unknown, clean?: Clean): string {
  return tryRead(() => (error instanceof Error ? String(error.message || error.name) : toText(error, clean)));
}

/**
 * Returns an error's stack, followed by those of its inner errors and its causes: the first ones and the root cause, each once;
 * undefined for anything else that was thrown.
 */
export function errorStack(error: unknown, clean?: Clean, seen = new Set<unknown>()): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const chain: unknown[] = [];
  let next: unknown = error;
  for (; next !== undefined && !seen.has(next) && seen.size < MAX_ERRORS; next = next instanceof Error ? tryRead(() => (next as Error).cause) : undefined) {
    seen.add(next);
    chain.push(next);
  }
  const left = chain.length > MAX_CAUSES + 1 ? chain.splice(MAX_CAUSES, chain.length - MAX_CAUSES - 1).length : 0;
  const stacks = chain.map((each) => ownStack(each, clean, seen));
  if (left > 0) stacks.splice(-1, 0, `[${left} more]`);
  if (next !== undefined) stacks.push("[circular]");
  return stacks.join("\nCaused by: ");
}

/** Returns an error's own stack, with those of the inner errors of an `AggregateError`. */
function ownStack(error: unknown, clean: Clean | undefined, seen: Set<unknown>): string {
  const stack = tryRead(() => String((error as Error).stack ?? "")) || errorMessage(error, clean);
  const errors = tryRead(() => (error as Partial<AggregateError>).errors);
  if (!(error instanceof Error) || !Array.isArray(errors)) return error instanceof Error ? stack : errorMessage(error, clean);
  const inner = errors.slice(0, MAX_INNER_ERRORS).filter((each) => !seen.has(each));
  return inner.reduce((text, each) => `${text}\nInner error: ${errorStack(each, clean, seen) ?? errorMessage(each, clean)}`, stack);
}
