/** A log line from whatever is given: the contract's fields and no others, each within its bounds. It never throws. */

import { FIELDS, type LogLine, type Metadata } from "../../out/contract/contract.gen.ts";
import { readable, redact } from "./plain.ts";
import { namesSecret } from "./redaction.ts";
import { safeText } from "./text.ts";

/** Whose line it is. */
export type Whose = Pick<LogLine, "service" | "tenant_id" | "request_id" | "route">;

/** What a line tells. `error` is whatever was thrown. */
export interface Entry extends Pick<LogLine, "level" | "message"> {
  readonly latency_ms?: number | undefined;
  readonly status_code?: number | undefined;
  readonly error?: unknown;
  readonly metadata?: object | undefined;
}

/** What of `metadata` is written: these keys, and raw prompts and answers if `raw`. */
export interface Openness {
  readonly keys: ReadonlySet<string>;
  readonly raw: boolean;
}

interface Bound {
  readonly sensitivity?: string;
  readonly longest?: number;
  readonly pattern?: RegExp;
  readonly listed?: readonly string[];
  readonly least?: number;
  readonly most?: number;
  readonly whole?: boolean;
}

const { message: MESSAGE, latency_ms: LATENCY, status_code: STATUS, error: ERROR, metadata: METADATA } = FIELDS;
const BOUNDS: Readonly<Record<string, Bound>> = { __proto__: null, ...METADATA.fields } as never;
const LONGEST_PATTERNED = 256;
const CAUSES = 4;
/** What forges lines or turns a terminal's head, beyond what JSON escapes itself: controls, line ends, directions. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * A line as one line of JSON, its fields in the plan's order. What does not fit its bounds is left out. `own` is metadata
 * that goes before the entry's.
 */
export function lineOf(whose: Whose, entry: Entry, openness: Openness, own: object = {}): string {
  const line = {
    timestamp: new Date().toISOString(),
    level: entry.level,
    message: fit(MESSAGE, worded(entry.message)),
    ...whose,
    latency_ms: fit(LATENCY, entry.latency_ms),
    status_code: fit(STATUS, entry.status_code),
    error: entry.error === undefined ? undefined : thrown(entry.error),
    metadata: told(own, entry.metadata, openness),
  };
  return JSON.stringify(line).replace(UNSAFE, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * The keys of `metadata` that a service's logger may write: the contract's, and those that the service passes.
 * Throws a TypeError that names every key that may not be written: one that is no key, or that names a secret.
 */
export function keysOf(passed: readonly string[]): ReadonlySet<string> {
  const refused = passed.filter((key) => !METADATA.further.test(key) || namesSecret(key));
  if (refused.length) {
    const named = refused.map((key) => JSON.stringify(key)).join(", ");
    throw new TypeError(`observe, pass: ${named} cannot be logged; give keys such as "retries" that name no secret`);
  }
  return new Set([...Object.keys(BOUNDS), ...passed]);
}

function told(own: object, given: unknown, { keys, raw }: Openness): Metadata {
  const metadata: Metadata = { ...(readable(() => ({ ...(given as Metadata) })) as Metadata), ...own };
  for (const key in metadata) {
    const value = keys.has(key) ? metadata[key] : undefined;
    metadata[key] = BOUNDS[key] ? fit(BOUNDS[key], value, raw) : further(value);
  }
  return metadata;
}

function further(value: unknown): Metadata[string] {
  if (value == null || typeof value === "boolean" || Number.isFinite(value)) return value as Metadata[string];
  return safeText(worded(value), METADATA.longest);
}

/** A value within a field's bounds; undefined if it is not, or if it is secret and raw texts are not asked for. */
function fit(bound: Bound, value: unknown, raw?: boolean): string | number | undefined {
  if (value == null || (bound.sensitivity === "secret" && !raw)) return undefined;
  if (bound.listed) return bound.listed.includes(value as string) ? (value as string) : undefined;
  if (bound.least !== undefined) return within(bound, value) ? value : undefined;
  const text = safeText(worded(value), bound.longest ?? LONGEST_PATTERNED, bound.sensitivity ? "all" : "credential");
  return bound.pattern?.test(text) === false ? undefined : text;
}

function within({ least = 0, most = Infinity, whole }: Bound, value: unknown): value is number {
  return (whole ? Number.isInteger(value) : Number.isFinite(value)) && (value as number) >= least && (value as number) <= most;
}

/** An error's message and stack, causes included; of anything else that was thrown, what it says. */
function thrown(error: unknown): object {
  const stack = readable(() => stackOf(error, CAUSES));
  return { message: fit(ERROR.fields.message, said(error)), stack: stack ? fit(ERROR.fields.stack, stack) : undefined };
}

function said(error: unknown): string {
  return readable(() => (error instanceof Error ? String(error.message || error.name) : worded(error)));
}

function stackOf(error: unknown, left: number): string {
  if (!(error instanceof Error)) return "";
  const outer = String(error.stack ?? said(error));
  if (!left) return outer;
  const { cause, errors } = error as AggregateError;
  const inner = Array.isArray(errors) ? errors.slice(0, CAUSES).map((one: unknown) => ["One of", one]) : [];
  if (cause !== undefined) inner.unshift(["Caused by", cause]);
  return [outer, ...inner.map(([how, one]) => `${how}: ${readable(() => stackOf(one, left - 1) || said(one))}`)].join("\n");
}

/** Any value in words. */
function worded(value: unknown): string {
  return typeof value === "string" ? value : readable(() => JSON.stringify(redact(value)));
}
