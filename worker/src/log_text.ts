/** Text that is safe to log: any value as text, redacted and truncated. Nothing here throws. */

import { isSecretName, isSecretValue, redactionMark, redactText, type RuleSet } from "./redaction.ts";

/** The maximum number of values within a value that are written. */
const MAX_VALUES = 500;
const MAX_LENGTH = 8192;
const MAX_NAME_LENGTH = 128;
const MAX_CAUSES = 4;
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
 * out, and everything after the first `MAX_VALUES` values.
 */
export function toText(value: unknown, clean: Clean = redactAndTruncate): string {
  if (typeof value === "string") return value;
  let valuesLeft = MAX_VALUES;
  /** The names of secrets whose values are these objects. */
  const secretObjects = new Map<unknown, string>();
  /** What is written in place of an object, with the object and with what it is a part of. */
  const copies = new Map<unknown, readonly [original: unknown, holder: unknown]>();
  function isCircular(part: unknown, holder: unknown): boolean {
    for (let copy = copies.get(holder); copy; copy = copies.get(copy[1])) if (copy[0] === part) return true;
    return false;
  }
  function replacer(this: Record<string, unknown>, key: string, part: unknown): unknown {
    valuesLeft -= 1;
    if (valuesLeft < 0) return undefined;
    const secretName = secretObjects.get(this) ?? secretNameOf(this, key);
    if (secretName && isSecretValue(secretName, part)) return redactionMark("named_secret");
    if (isCircular(part, this)) return "[circular]";
    const written = withoutBytes(this[key], part, clean, valuesLeft);
    if (written !== part) copies.set(written, [part, this]);
    if (secretName) secretObjects.set(written, secretName);
    return written;
  }
  return tryRead(() => JSON.stringify(value, replacer) ?? `[${typeof value}]`);
}

/**
 * Returns what JSON writes for a part of a value: `original` is the part, and `part` the result of its own `toJSON`. Of its parts,
 * only the first `maxParts` are read.
 */
function withoutBytes(original: unknown, part: unknown, clean: Clean, maxParts: number): unknown {
  if (typeof part === "bigint" || typeof part === "string" || part instanceof String) return clean(String(part), MAX_LENGTH);
  if (original instanceof Error) return clean(errorStack(original, clean)!, MAX_LENGTH);
  if (ArrayBuffer.isView(original)) return `[${original.byteLength} bytes]`;
  if (typeof part !== "object" || part === null) return part;
  if (Array.isArray(part)) return part.slice(0, maxParts);
  const written = Object.create(null) as Record<string, unknown>;
  for (const name in part) {
    if (maxParts-- <= 0) break;
    if (Object.hasOwn(part, name)) written[clean(name, MAX_NAME_LENGTH)] = tryRead(() => readable((part as typeof written)[name]));
  }
  return written;
}

/** Returns a value, unless its `toJSON` throws. */
function readable(value: unknown): unknown {
  (value as { toJSON?(): unknown } | null | undefined)?.toJSON?.();
  return value;
}

/**
 * Returns the name of a part of a value if it is a secret's. The name is the part's own key, or, as headers are often listed, the
 * text before it in an array, or the field `name`, `key` or `header` beside a field `value`.
 */
function secretNameOf(holder: Record<string, unknown>, key: string): string | undefined {
  const name = nameOf(holder, key);
  return typeof name === "string" && isSecretName(name.slice(0, MAX_NAME_LENGTH)) ? name : undefined;
}

function nameOf(holder: Record<string, unknown>, key: string): unknown {
  if (Array.isArray(holder)) return holder[Number(key) - 1];
  if (!/^values?$/i.test(key)) return key;
  return Object.entries(holder).find(([name]) => /^(?:name|key|header)$/i.test(name))?.[1];
}

/** Returns an error's message; for anything else that was thrown, its text. */
export function errorMessage(error: unknown, clean?: Clean): string {
  return tryRead(() => (error instanceof Error ? String(error.message || error.name) : toText(error, clean)));
}

/**
 * Returns an error's stack, followed by those of its inner errors and its causes: the first ones and the root cause, each once;
 * undefined for anything else that was thrown.
 */
export function errorStack(error: unknown, clean?: Clean, seen: unknown[] = []): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const stacks: string[] = [];
  for (let next: unknown = error; next !== undefined && seen.length < MAX_ERRORS; next = tryRead(() => (next as Error | null)?.cause)) {
    const isCircular = seen.includes(next);
    stacks.push(isCircular ? "[circular]" : ownStack(next, clean, seen));
    if (isCircular || !(next instanceof Error)) break;
  }
  stacks.splice(MAX_CAUSES, Math.max(0, stacks.length - MAX_CAUSES - 1));
  return stacks.join("\nCaused by: ");
}

/** Returns an error's own stack, with those of the inner errors of an `AggregateError`. */
function ownStack(error: unknown, clean: Clean | undefined, seen: unknown[]): string {
  seen.push(error);
  return tryRead(() => {
    const { stack, errors } = Object(error) as Partial<AggregateError>;
    const inner = Array.isArray(errors) ? errors.slice(0, MAX_CAUSES) : [];
    const own = stack || errorMessage(error, clean);
    return [own, ...inner.map((each) => errorStack(each, clean, seen) ?? errorMessage(each, clean))].join("\nInner: ");
  });
}
