/** Any value in words that may be logged: what is no text as JSON, redacted at every level. Nothing here throws. */

import { mark, namesSecret } from "./redaction.ts";
import { safeText } from "./text.ts";

/** Values within a value that are told; one that has more, as a circle has, is not. */
const MOST = 500;
const LONGEST = 8192;
const LONGEST_NAME = 128;
const CAUSES = 4;

/** What reading gives, or a word that it cannot be read: getters and proxies may throw. */
export function readable<Read>(read: () => Read): Read | "[unreadable]" {
  try {
    return read();
  } catch {
    return "[unreadable]";
  }
}

/** A text as it is. Of all else its JSON: fields by their redacted names, no value that a secret's name names, and no bytes. */
export function worded(value: unknown): string {
  let left = MOST;
  function told(this: Record<string, unknown>, key: string, part: unknown): unknown {
    if (left-- <= 0) throw left;
    if (isSecret(this, key)) return mark("named_secret");
    if (typeof part === "bigint" || typeof part === "string" || part instanceof String) return safeText(String(part), LONGEST);
    const held = this[key]; // before its own `toJSON`
    if (held instanceof Error) return safeText(stackOf(held)!, LONGEST);
    if (ArrayBuffer.isView(held)) return `[${held.byteLength} bytes]`;
    if (typeof part !== "object" || !part || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).slice(0, MOST).map(([name, inner]) => [safeText(name, LONGEST_NAME), inner]));
  }
  return typeof value === "string" ? value : readable(() => JSON.stringify(value, told) ?? `[${typeof value}]`);
}

/** A secret's name is a field's own, or stands before it in a list, or beside a field `value`: as headers are told. */
function isSecret(whole: Record<string, unknown>, key: string): boolean {
  const name = Array.isArray(whole) ? whole[Number(key) - 1] : key === "value" ? (whole["name"] ?? whole["key"]) : key;
  return typeof name === "string" && namesSecret(name.slice(0, LONGEST_NAME));
}

/** What an error says of itself; of anything else that was thrown, the words. */
export function said(error: unknown): string {
  return readable(() => (error instanceof Error ? String(error.message || error.name) : worded(error)));
}

/** An error's stack, with those of its causes; nothing else has one. */
export function stackOf(error: unknown, left = CAUSES): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return readable(() => {
    const { stack = said(error), cause } = error;
    return left && cause !== undefined ? `${stack}\nCaused by: ${stackOf(cause, left - 1) ?? said(cause)}` : stack;
  });
}
