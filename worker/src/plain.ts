/** Any value as plain data that may be logged: redacted at every level, bounded, and free of surprises. */

import { mark, namesSecret } from "./redaction.ts";
import { safeText } from "./text.ts";

/** What JSON can say. */
export type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

const DEEPEST = 8;
const MOST = 500;
const LONGEST = 8192;
const LONGEST_KEY = 128;
const REDACTED = mark("named_secret");
const PAIRED = [Map, Headers, URLSearchParams, FormData] as const;

/** How much may still be told, and within which objects the walk is. */
interface Walk {
  left: number;
  readonly above: Set<object>;
}

/**
 * A copy of a value without what the policy covers: keys and values at every level, headers by their names, errors with
 * their stacks and causes. It has at most 500 values, 8 levels deep; what cannot be read is told so. It never throws.
 */
export function redact(value: unknown): Plain {
  return plain(value, { left: MOST, above: new Set() });
}

/** What reading gives, or a word that it cannot be read: getters and proxies may throw. */
export function readable<Read>(read: () => Read): Read | "[unreadable]" {
  try {
    return read();
  } catch {
    return "[unreadable]";
  }
}

function plain(value: unknown, walk: Walk): Plain {
  if (value == null || typeof value === "boolean") return value ?? null;
  if (typeof value === "object") return readable(() => inside(value, walk));
  if (typeof value === "function") return "[function]";
  return Number.isFinite(value) ? (value as number) : safeText(String(value), LONGEST);
}

function inside(value: object, walk: Walk): Plain {
  const { above } = walk;
  if (above.has(value)) return "[circular]";
  if (above.size >= DEEPEST || walk.left <= 0) return "[left out]";
  above.add(value);
  try {
    return single(value) ?? (Array.isArray(value) || value instanceof Set ? list(value, walk) : fields(value, walk));
  } finally {
    above.delete(value);
  }
}

/** An object that is told as one text. */
function single(value: object): string | undefined {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Date) return value.toISOString();
  return value instanceof String || value instanceof URL ? safeText(String(value), LONGEST) : undefined;
}

/** A list; what follows a secret's name is its value, as in lists of header names and values. */
function list(values: Iterable<unknown>, walk: Walk): Plain[] {
  const told: Plain[] = [];
  let secret = false;
  for (const value of values) {
    if (walk.left-- <= 0) break;
    told.push(secret ? REDACTED : plain(value, walk));
    secret = !secret && typeof value === "string" && namesSecret(value.slice(0, LONGEST_KEY));
  }
  return told;
}

/** An object's fields; a field `value` beside a secret's name is that secret's. */
function fields(value: object, walk: Walk): { [key: string]: Plain } {
  const told: { [key: string]: Plain } = Object.create(null);
  for (const [key, read] of entries(value)) {
    if (walk.left-- <= 0) break;
    const name = safeText(key, LONGEST_KEY);
    const secret = namesSecret(name) || (key === "value" && namesSecret(String(told["name"] ?? told["key"])));
    told[name] = secret ? REDACTED : plain(readable(read), walk);
  }
  return told;
}

function entries(value: object): [string, () => unknown][] {
  if (PAIRED.some((kind) => value instanceof kind)) {
    return [...(value as Map<unknown, unknown>)].map(([key, inner]) => [String(key), () => inner]);
  }
  const hidden = value instanceof Error ? ["name", "message", "stack", "cause", "errors"].filter((key) => key in value) : [];
  return [...new Set([...hidden, ...Object.keys(value)])].map((key) => [key, () => (value as Record<string, unknown>)[key]]);
}
