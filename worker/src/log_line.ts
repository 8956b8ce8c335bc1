/** Log lines: the contract's fields and no others, each within its bounds. Nothing here throws, except `allowedKeys`. */

import { FIELDS, type LogLine, type Metadata } from "workers-ai-observability/contract";
import { type Clean, errorMessage, errorStack, redactAndTruncate, toText } from "./log_text.ts";
import type { ModelTexts } from "./model_texts.ts";
import { type Origin, REQUEST_ID_HEADER } from "./origin.ts";
import { isSecretName } from "./redaction.ts";
import { idsOf, traceIdOf } from "./trace_context.ts";

/** What the lines of one request have in common. */
export interface LineSource {
  readonly service: LogLine["service"];
  readonly origin: Origin;
  /** The keys that metadata may have, from `allowedKeys`. */
  readonly keys: AllowedKeys;
  /** Whether raw prompts and answers are written. */
  readonly logsRawText?: boolean | undefined;
  /** What the request sent to models and got from them: no line has it. */
  readonly modelTexts?: ModelTexts | undefined;
  /** Metadata of each line, from `requestMetadata`; a line cannot override it. */
  readonly metadata?: Metadata | undefined;
}

export type Step = NonNullable<Metadata["step"]>;

/** The content of a line. `error`, if it is there, is whatever was thrown, also `undefined`; values of `metadata` may be anything. */
export interface LogEntry extends Pick<LogLine, "level" | "message"> {
  readonly latency_ms?: number | undefined;
  readonly status_code?: number | undefined;
  /** The id of a call, which is a unit of work of its own. */
  readonly spanId?: string | undefined;
  readonly error?: unknown;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

interface Bounds {
  readonly personal?: boolean;
  readonly secret?: boolean;
  readonly maxLength?: number;
  readonly pattern?: RegExp;
  readonly values?: readonly unknown[];
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}

/** The keys that metadata may have, each with the bounds of its value. */
export type AllowedKeys = Readonly<Record<string, Bounds>>;

const { message: MESSAGE, latency_ms: LATENCY, status_code: STATUS, error: { fields: ERROR }, metadata: METADATA } = FIELDS;
/** The bounds of a key that a service passes: any scalar. */
const PASSED: Bounds = { personal: true };
const isFiniteNumber = Number.isFinite as (value: unknown) => value is number;
/** Characters that could forge lines or confuse a terminal, and that JSON does not escape: controls, line ends, directions. */
const UNSAFE = /[\x7f-\x9f\u2028\u2029\ufeff\p{Bidi_C}]/gu;

/** Printable ASCII has no unsafe characters, and as many bytes as characters. Most lines are. */
const PRINTABLE_ASCII = /^[ -~]*$/;
const encoder = new TextEncoder();

/** A line as it is written. */
export interface FormattedLine {
  readonly text: string;
  /** Its length in UTF-8. */
  readonly bytes: number;
}

/** A Worker's clock advances only at I/O, so successive lines often have the same time. */
let lastTime = 0;
let lastTimestamp = "";

function timestampNow(): string {
  const time = Date.now();
  if (time !== lastTime) {
    lastTime = time;
    lastTimestamp = new Date(time).toISOString();
  }
  return lastTimestamp;
}

/** Returns a line as JSON on one line, its fields in the contract's order. Values outside their bounds are left out. */
export function formatLine(source: LineSource, step: Step, entry: LogEntry): FormattedLine {
  const { origin, service } = source;
  const { level, message, latency_ms, status_code, error } = entry;
  const clean = cleanFor(source);
  const line = {
    timestamp: timestampNow(),
    level,
    // the library's own messages quote nothing
    message: withinBounds(MESSAGE, toText(message, clean), step === "message" ? clean : redactAndTruncate),
    service,
    tenant_id: origin.tenantId,
    request_id: origin.requestId,
    route: origin.route,
    latency_ms: withinBounds(LATENCY, latency_ms, clean),
    status_code: withinBounds(STATUS, status_code, clean),
    error: "error" in entry ? formatError(error, clean) : undefined,
    metadata: formatMetadata(source, step, entry, clean),
  };
  const json = JSON.stringify(line);
  if (PRINTABLE_ASCII.test(json)) return { text: json, bytes: json.length };
  const text = json.replace(UNSAFE, unicodeEscape);
  return { text, bytes: encoder.encode(text).length };
}

/** Returns how texts of a request are redacted: raw texts of models are removed unless they are logged. */
function cleanFor({ modelTexts, logsRawText }: LineSource): Clean {
  if (!modelTexts || modelTexts.isEmpty || logsRawText) return redactAndTruncate;
  return (text, maxLength, rules) => redactAndTruncate(text, maxLength, rules, (read) => modelTexts.remove(read));
}

function formatError(error: unknown, clean: Clean): object {
  return { message: withinBounds(ERROR.message, errorMessage(error, clean), clean), stack: withinBounds(ERROR.stack, errorStack(error, clean), clean) };
}

function formatMetadata(
  { keys, logsRawText, metadata: common }: LineSource,
  step: Step,
  { metadata, spanId }: LogEntry,
  clean: Clean,
): object {
  const formatted: Record<string, unknown> = { step, ...common };
  if (spanId) {
    formatted["span_id"] = spanId;
    formatted["parent_span_id"] = common?.span_id;
  }
  for (const key in metadata) {
    if (!(key in formatted)) formatted[key] = withinBounds(keys[key], metadata[key], clean, logsRawText);
  }
  return formatted;
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** How a request was received: `headers` are those that it had, and `traceparent` is one of them. */
export interface Received {
  /** The unit of work that caused it. */
  readonly parentSpanId?: string | undefined;
  readonly headers?: Headers | undefined;
  readonly traceparent?: string | null | undefined;
}

/**
 * Returns what each line of a request has beside its id: the ids of its trace, Cloudflare's id of it, and the ids that a caller from outside
 * sent.
 */
export function requestMetadata({ requestId, spanId }: Origin, { parentSpanId, headers, traceparent }: Received): Metadata {
  const trace_id = traceIdOf(requestId);
  const metadata: Record<string, unknown> = { trace_id, span_id: spanId, parent_span_id: parentSpanId };
  if (headers) {
    const add = (name: "cf_ray" | "caller_request_id" | "linked_trace_id" | "linked_span_id", value: unknown): void => {
      metadata[name] = withinBounds(METADATA.fields[name], value, redactAndTruncate);
    };
    add("cf_ray", headers.get("cf-ray"));
    const sentId = headers.get(REQUEST_ID_HEADER);
    if (sentId !== requestId) add("caller_request_id", sentId);
    const [traceId, linkedSpanId] = traceparent ? idsOf(traceparent) : [];
    if (traceId !== trace_id) {
      add("linked_trace_id", traceId);
      add("linked_span_id", linkedSpanId);
    }
  }
  return metadata as Metadata;
}

/**
 * Returns the keys that a service's metadata may have: the contract's, and those that the service passes.
 * Throws a TypeError that lists every passed key that is not valid or is a secret's name.
 */
export function allowedKeys(passed: readonly string[] = []): AllowedKeys {
  const rejected = passed.filter((key) => !METADATA.otherKeys.test(key) || isSecretName(key));
  if (rejected.length > 0) {
    throw new TypeError(`observe, pass: ${JSON.stringify(rejected)}: not a valid key, or the name of a secret; use other keys`);
  }
  return { __proto__: null, ...Object.fromEntries(passed.map((key) => [key, PASSED])), ...METADATA.fields } as never;
}

/** Returns a value if it is within its bounds, texts redacted; undefined if it is not, or if it is secret and no raw texts are written. */
function withinBounds(bounds: Bounds | undefined, value: unknown, clean: Clean, logsRawText?: boolean): Metadata[string] {
  if (!bounds || value === undefined || value === null) return undefined;
  const { personal, secret, maxLength = METADATA.maxLength, pattern, values, min } = bounds;
  if (secret && !logsRawText) return undefined;
  if (values) return values.includes(value) ? (value as string) : undefined;
  if (min !== undefined) return isNumberWithin(bounds, value) ? value : undefined;
  const original = toText(value, clean);
  const text = clean(original, maxLength, personal || secret ? "all" : "credential");
  if (bounds === PASSED && text === original && (isFiniteNumber(value) || typeof value === "boolean")) return value;
  return pattern && !pattern.test(text) ? undefined : text;
}

function isNumberWithin({ min = 0, max = Infinity, integer }: Bounds, value: unknown): value is number {
  return isFiniteNumber(value) && value >= min && value <= max && !(integer && value % 1 !== 0);
}
