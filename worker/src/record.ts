/** A log line from whatever is given: the contract's fields and no others, each within its bounds. It never throws. */

import { FIELDS, LABELS, type LogLine, type Metadata } from "../../out/contract/contract.gen.ts";
import { readable, redact } from "./plain.ts";
import { namesSecret } from "./redaction.ts";
import { safeText } from "./text.ts";

/** Whose line it is. */
export type Origin = Pick<LogLine, "service" | "tenant_id" | "request_id" | "route">;

/** What a line tells. `error` is whatever was thrown. */
export interface Entry extends Pick<LogLine, "level" | "message"> {
  readonly latency_ms?: number | undefined;
  readonly status_code?: number | undefined;
  readonly error?: unknown;
  readonly metadata?: object | undefined;
}

/** What of `metadata` is written beside the contract's keys: `passed` ones, and raw prompts and answers if `raw`. */
export interface Openness {
  readonly passed: ReadonlySet<string>;
  readonly raw: boolean;
}

interface Bound {
  readonly sensitivity: string;
  readonly longest?: number;
  readonly pattern?: RegExp;
  readonly listed?: readonly string[];
  readonly least?: number;
  readonly most?: number;
  readonly whole?: boolean;
}

type Scalar = string | number | boolean | null;

const { fields: LISTED, further: KEY, longest: LONGEST_FURTHER } = FIELDS.metadata;
const BOUNDS: Readonly<Record<string, Bound>> = { __proto__: null, ...LISTED } as never;
const KEYS = Object.keys(LISTED);
const LONGEST_PATTERNED = 256;
const CAUSES = 4;
/** What forges lines or turns a terminal's head, beyond what JSON escapes itself: controls, line ends, directions. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Whose lines these are, within the contract's bounds: what does not fit falls back, or gets an id of its own. */
export function fittedOrigin({ service, tenant_id, request_id, route }: Origin): Origin {
  return {
    service,
    tenant_id: (fit(FIELDS.tenant_id, tenant_id, false) ?? LABELS.tenant_id.fallback) as string,
    request_id: FIELDS.request_id.pattern.test(request_id) ? request_id : crypto.randomUUID(),
    route: (fit(FIELDS.route, route, false) ?? LABELS.route.fallback) as Origin["route"],
  };
}

/**
 * A line's fields in the plan's order, for a fitted origin. What does not fit its bounds is left out. `own` is metadata
 * that goes before the entry's.
 */
export function record(origin: Origin, entry: Entry, openness: Openness, at: Date, own: object = {}): LogLine {
  const status = fit(FIELDS.status_code, entry.status_code, false);
  const latency = fit(FIELDS.latency_ms, entry.latency_ms, false);
  const metadata = told([own, entry.metadata], openness);
  return {
    timestamp: at.toISOString(),
    level: entry.level,
    message: safeText(worded(entry.message), FIELDS.message.longest),
    ...origin,
    ...(latency === undefined ? {} : { latency_ms: latency as number }),
    ...(status === undefined ? {} : { status_code: status as number }),
    ...(entry.error === undefined ? {} : { error: thrown(entry.error) }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** A line as one line of JSON, whatever it holds. */
export function written(line: LogLine): string {
  return JSON.stringify(line).replace(UNSAFE, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * The keys of `metadata` that a service's logger may write beside the contract's.
 * Throws a TypeError that names every key that may not be written: one that is no key, or that names a secret.
 */
export function passedKeys(keys: readonly string[]): ReadonlySet<string> {
  const refused = keys.filter((key) => !passable(key));
  if (refused.length > 0) {
    const named = refused.map((key) => JSON.stringify(key)).join(", ");
    throw new TypeError(`observe, pass: ${named} cannot be logged; give keys such as "retries" that name no secret`);
  }
  return new Set(keys);
}

function passable(key: string): boolean {
  return KEY.test(key) && !namesSecret(key);
}

function told(sources: readonly unknown[], { passed, raw }: Openness): Metadata | undefined {
  const metadata: Metadata = {};
  for (const key of passed.size === 0 ? KEYS : [...KEYS, ...passed]) {
    const value = first(sources, key);
    const fitting = value === undefined ? undefined : scalar(key, value, raw);
    if (fitting !== undefined) metadata[key] = fitting;
  }
  return Object.keys(metadata).length === 0 ? undefined : metadata;
}

/** What the first source that knows a key says. */
function first(sources: readonly unknown[], key: string): unknown {
  for (const source of sources) {
    const value = own(source, key);
    if (value !== undefined) return value;
  }
  return undefined;
}

function own(source: unknown, key: string): unknown {
  if (typeof source !== "object" || source === null) return undefined;
  try {
    return Object.hasOwn(source, key) ? (source as Metadata)[key] : undefined;
  } catch {
    return "[unreadable]";
  }
}

function scalar(key: string, value: unknown, raw: boolean): Scalar | undefined {
  const bound = BOUNDS[key];
  if (bound) return fit(bound, value, raw);
  if (!passable(key)) return undefined;
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  return safeText(worded(value), LONGEST_FURTHER);
}

/** A value within a field's bounds; undefined if it is not, or if it is secret and raw texts are not asked for. */
function fit(bound: Bound, value: unknown, raw: boolean): string | number | undefined {
  if (value === undefined || value === null || (bound.sensitivity === "secret" && !raw)) return undefined;
  if (bound.listed) return bound.listed.includes(value as string) ? (value as string) : undefined;
  if (bound.least !== undefined) return within(bound, value) ? value : undefined;
  const kinds = bound.sensitivity === "safe" ? "credential" : "all";
  const text = safeText(worded(value), bound.longest ?? LONGEST_PATTERNED, kinds);
  return bound.pattern?.test(text) === false ? undefined : text;
}

function within({ least = 0, most = Infinity, whole = false }: Bound, value: unknown): value is number {
  const counts = whole ? Number.isInteger(value) : Number.isFinite(value);
  return counts && (value as number) >= least && (value as number) <= most;
}

/** An error's message and stack, causes included; of anything else that was thrown, what it says. */
function thrown(error: unknown): NonNullable<LogLine["error"]> {
  const message = safeText(said(error), FIELDS.error.fields.message.longest);
  const stack = readable(() => stacks(error, CAUSES));
  return { message, ...(stack ? { stack: safeText(stack, FIELDS.error.fields.stack.longest) } : {}) };
}

function said(error: unknown): string {
  return readable(() => (error instanceof Error ? String(error.message || error.name) : worded(error)));
}

function stacks(error: unknown, left: number): string {
  if (!(error instanceof Error)) return "";
  const outer = String(error.stack ?? said(error));
  const inner: [string, unknown][] = error.cause === undefined ? [] : [["Caused by", error.cause]];
  const errors = (error as Partial<AggregateError>).errors;
  if (Array.isArray(errors)) inner.push(...errors.slice(0, CAUSES).map((one): [string, unknown] => ["One of", one]));
  if (left === 0) return outer;
  const deeper = inner.map(([how, one]) => `${how}: ${readable(() => stacks(one, left - 1) || said(one))}`);
  return [outer, ...deeper].join("\n");
}

/** Any value in words. */
function worded(value: unknown): string {
  return typeof value === "string" ? value : readable(() => JSON.stringify(redact(value)));
}
