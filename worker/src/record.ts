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
  /** Metadata of each line, which no other goes before: from `marksOf`. */
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
const isNumber = Number.isFinite as (value: unknown) => value is number;
/** What forges lines or turns a terminal's head, beyond what JSON escapes itself: controls, line ends, directions. */
const UNSAFE = /[\x7f-\x9f\u2028\u2029\ufeff\p{Bidi_C}]/gu;

/** Whether a text is of ASCII's printed signs alone, as most are: then it forges nothing, and has as many bytes as signs. */
export const isPlain = (text: string): boolean => !/[^ -~]/.test(text);
/** The time of the last line: a Worker's clock stands still between I/O, so the next one often has the same. */
let [at, timestamp] = [0, ""];

/** A line as one line of JSON, its fields in the plan's order. What does not fit its bounds is left out. */
export function lineOf({ service, origin, keys, raw, marks }: Whose, step: Step, entry: Entry): string {
  const { level, message, latency_ms, status_code, error, metadata } = entry;
  const told: Record<string, unknown> = { step, ...marks };
  for (const key in metadata) if (!(key in told)) told[key] = fit(keys[key], metadata[key], raw);
  const now = Date.now();
  if (now !== at) timestamp = new Date((at = now)).toISOString();
  const line = {
    timestamp,
    level,
    message: fit(MESSAGE, worded(message)),
    service,
    tenant_id: safeText(origin.tenantId, LONGEST_TENANT, "credential"),
    request_id: origin.requestId,
    route: origin.route,
    latency_ms: fit(LATENCY, latency_ms),
    status_code: fit(STATUS, status_code),
    error: error === undefined ? error : { message: fit(ERROR.message, said(error)), stack: fit(ERROR.stack, stackOf(error)) },
    metadata: told,
  };
  const text = JSON.stringify(line);
  return isPlain(text) ? text : text.replace(UNSAFE, (sign) => `\\u${(0x10000 + sign.charCodeAt(0)).toString(16).slice(1)}`);
}

/** What is logged beside a request's id: Cloudflare's own, and the one that a caller from outside would like to have. */
export function marksOf(cfRay: unknown, callersId: unknown): Metadata {
  const { cf_ray, caller_request_id } = METADATA.fields;
  return { cf_ray: fit(cf_ray, cfRay), caller_request_id: fit(caller_request_id, callersId) } as Metadata;
}

/**
 * The keys of metadata that a service's logger may write: the contract's, and those that the service passes.
 * Throws a TypeError that names every key that may not be written: one that is no key, or that names a secret.
 */
export function keysOf(passed: readonly string[] = []): Keys {
  const refused = passed.filter((key) => !METADATA.further.test(key) || namesSecret(key));
  if (refused.length) {
    throw new TypeError(`observe, pass: ${JSON.stringify(refused)}: no key, or a secret; give others`);
  }
  return { __proto__: null, ...Object.fromEntries(passed.map((key) => [key, PASSED])), ...METADATA.fields } as never;
}

/** A value within its bounds; undefined if it is not, or if it is secret and raw texts are not asked for. */
function fit(bound: Bound | undefined, value: unknown, raw?: boolean): Metadata[string] {
  if (!bound || value == null) return undefined;
  const { personal, secret, longest = METADATA.longest, pattern, listed, least, most = value as number, whole } = bound;
  if (secret && !raw) return undefined;
  if (listed) return listed.includes(value) ? (value as string) : undefined;
  if (least !== undefined) return isNumber(value) && value >= least && value <= most && !(whole && value % 1) ? value : undefined;
  if (bound === PASSED && (isNumber(value) || typeof value === "boolean")) return value;
  const text = safeText(worded(value), longest, personal || secret ? "all" : "credential");
  return pattern?.test(text) === false ? undefined : text;
}
