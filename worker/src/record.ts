/** A log line from whatever is given: the contract's fields and no others, each within its bounds. It never throws. */

import { FIELDS, type LogLine, type Metadata } from "../../out/contract/contract.gen.ts";
import { namesSecret } from "./redaction.ts";
import type { Origin } from "./request.ts";
import { safeText } from "./text.ts";
import { said, stackOf, worded } from "./words.ts";

/** Whose lines they are, and what metadata they may hold. */
export interface Whose {
  readonly service: LogLine["service"];
  readonly origin: Origin;
  /** From `keysOf`. */
  readonly keys: Keys;
  /** Are raw prompts and answers written? */
  readonly raw?: boolean | undefined;
  /** Metadata of each line, which no other goes before. */
  readonly marks?: Metadata | undefined;
}

export type Step = NonNullable<Metadata["step"]>;

/** What a line tells. `error` is whatever was thrown; values of `metadata` may be anything. */
export interface Entry extends Pick<LogLine, "level" | "message"> {
  readonly latency_ms?: number | undefined;
  readonly status_code?: number | undefined;
  readonly error?: unknown;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

interface Bound {
  readonly personal?: boolean;
  readonly secret?: boolean;
  readonly longest?: number;
  readonly pattern?: RegExp;
  readonly listed?: readonly unknown[];
  readonly least?: number;
  readonly most?: number;
  readonly whole?: boolean;
}

/** The keys of metadata that may be written, each with its bounds. */
export type Keys = Readonly<Record<string, Bound>>;

const { message: MESSAGE, latency_ms: LATENCY, status_code: STATUS, error: { fields: ERROR }, metadata: METADATA } = FIELDS;
/** What a service passes may be any scalar. */
const PASSED: Bound = { personal: true };
const LONGEST_TENANT = 128;
/** What forges lines or turns a terminal's head, beyond what JSON escapes itself: controls, line ends, directions. */
const UNSAFE = /[\x7f-\x9f\u2028\u2029\ufeff\p{Bidi_C}]/gu;

/** A line as one line of JSON, its fields in the plan's order. What does not fit its bounds is left out. */
export function lineOf({ service, origin, keys, raw, marks }: Whose, step: Step, entry: Entry): string {
  const { level, message, latency_ms, status_code, error } = entry;
  const metadata: Record<string, unknown> = { ...entry.metadata, ...marks, step };
  for (const key in metadata) metadata[key] = fit(keys[key], metadata[key], raw);
  const line = {
    timestamp: new Date().toISOString(),
    level,
    message: fit(MESSAGE, worded(message)),
    service,
    tenant_id: safeText(origin.tenantId, LONGEST_TENANT, "credential"),
    request_id: origin.requestId,
    route: origin.route,
    latency_ms: fit(LATENCY, latency_ms),
    status_code: fit(STATUS, status_code),
    error: error === undefined ? error : { message: fit(ERROR.message, said(error)), stack: fit(ERROR.stack, stackOf(error)) },
    metadata,
  };
  return JSON.stringify(line).replace(UNSAFE, (sign) => `\\u${(0x10000 + sign.charCodeAt(0)).toString(16).slice(1)}`);
}

/**
 * The keys of metadata that a service's logger may write: the contract's, and those that the service passes.
 * Throws a TypeError that names every key that may not be written: one that is no key, or that names a secret.
 */
export function keysOf(passed: readonly string[] = []): Keys {
  const refused = passed.filter((key) => !METADATA.further.test(key) || namesSecret(key));
  if (refused.length) {
    throw new TypeError(`observe, pass: ${JSON.stringify(refused)}: no key, or the name of a secret; give others`);
  }
  return { __proto__: null, ...Object.fromEntries(passed.map((key) => [key, PASSED])), ...METADATA.fields } as never;
}

/** A value within its bounds; undefined if it is not, or if it is secret and raw texts are not asked for. */
function fit(bound: Bound | undefined, value: unknown, raw?: boolean): Metadata[string] {
  if (!bound || value == null) return undefined;
  const { personal, secret, longest = METADATA.longest, pattern, listed, least, most = Number.MAX_VALUE, whole } = bound;
  if (secret && !raw) return undefined;
  if (listed) return listed.includes(value) ? (value as string) : undefined;
  if (typeof value === "number" && least !== undefined) return value >= least && value <= most && !(whole && value % 1) ? value : undefined;
  if (bound === PASSED && (typeof value === "number" || typeof value === "boolean")) return value;
  const text = safeText(worded(value), longest, personal || secret ? "all" : "credential");
  return pattern?.test(text) === false || least !== undefined ? undefined : text;
}
