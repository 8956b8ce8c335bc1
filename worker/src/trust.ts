/**
 * Which origins are believed. One that arrives with a request or a message may come from outside: it is believed if it is signed with
 * the platform's key for this receiver, or if the binding that it came over names this library in its `props`.
 */

import type { TelemetryEnv } from "./config.ts";
import { warnOnce } from "./diagnostics.ts";
import { hmacSha256 } from "./hmac.ts";
import { isRequestId, type Origin, ORIGIN_HEADER } from "./origin.ts";

/** How old a signature may be, and how far ahead its clock, in milliseconds. */
const MAX_AGE_MS = 60_000;
const MIN_KEY_LENGTH = 32;
/** One that signs, and during a rotation a second one that is accepted, too. */
const MAX_KEYS = 2;
/** The value of `origin` in the `props` of a binding whose origins are believed. */
const TRUSTED_PROPS = "workers-ai-observability";
const PROOF = "&proof=";

/** Who signs or checks: a Worker with its variables, and the name that its log lines have. */
export interface KeyHolder {
  readonly service: string;
  readonly env: Pick<TelemetryEnv, "TELEMETRY_ORIGIN_KEY">;
}

/** Returns the name under which origins are signed for a service or, if the context is that of a Durable Object, for the object. */
export function receiverName(service: string, context: object | undefined): string {
  const { id } = (context ?? {}) as { readonly id?: DurableObjectId };
  return id ? objectName(id) : serviceName(service);
}
export const objectName = (id: DurableObjectId): string => `object ${id}`;
export const serviceName = (service: string): string => `service ${service}`;
/** A consumer does not know the names of the bindings that its messages were sent by. */
export const QUEUE_NAME = "queue";

/** Returns the keys of the variable, the one that signs first. Keys that are too short are not used, and that is logged once. */
function keysOf({ service, env }: KeyHolder): string[] {
  const keys = (env?.TELEMETRY_ORIGIN_KEY ?? "").split(/[\s,]+/).filter(Boolean);
  if (keys.length > MAX_KEYS || keys.some(({ length }) => length < MIN_KEY_LENGTH)) {
    warnOnce(service, `TELEMETRY_ORIGIN_KEY: use one key or two, each of at least ${MIN_KEY_LENGTH} characters.`);
    return [];
  }
  return keys;
}

/** Returns the proof that an origin comes from this platform; undefined without a key. */
export function proofOf(text: string, receiver: string, holder: KeyHolder): string | undefined {
  const [key] = keysOf(holder);
  const time = Date.now();
  return key && `${time}.${hmacSha256(key, signedText(text, receiver, time))}`;
}

/** Returns whether the proof was made for this receiver within a minute of `at`, in milliseconds since 1970. */
export function isProven(text: string, receiver: string, proof: unknown, holder: KeyHolder, at: number): boolean {
  const [, time = "", signature = ""] = /^(\d{1,16})\.([0-9a-f]{64})$/.exec(String(proof)) ?? [];
  if (!signature || Math.abs(at - Number(time)) > MAX_AGE_MS) return false;
  return keysOf(holder).some((key) => isEqual(hmacSha256(key, signedText(text, receiver, Number(time))), signature));
}

const signedText = (text: string, receiver: string, time: number): string => `${receiver}\n${time}\n${text}`;

/** Compares in a time that does not depend on where texts of the same length differ. */
function isEqual(one: string, other: string): boolean {
  let difference = 0;
  for (let index = 0; index < one.length; index++) difference |= one.charCodeAt(index) ^ other.charCodeAt(index);
  return difference === 0;
}

/** Returns an origin as the text that is signed: in URL encoding, so that any tenant fits into a header. */
export function originText({ requestId, tenantId, route, spanId, labels }: Origin): string {
  return String(new URLSearchParams({ ...labels, ...(spanId && { spanId }), requestId, tenantId, route }));
}

/** Returns the header that carries an origin to a receiver. */
export function originHeader(origin: Origin, receiver: string, holder: KeyHolder): string {
  const text = originText(origin);
  const proof = proofOf(text, receiver, holder);
  return proof ? text + PROOF + proof : text;
}

/** Returns the unchecked values of the origin that a request was sent with, if it is believed. */
export function believedOrigin({ headers }: Request, receiver: string, holder: KeyHolder, context: object | undefined): object | undefined {
  const header = headers.get(ORIGIN_HEADER);
  if (!header) return undefined;
  const [text = "", proof] = header.split(PROOF);
  const { props } = (context ?? {}) as { readonly props?: { readonly origin?: unknown } };
  const isTrusted = props?.origin === TRUSTED_PROPS || isProven(text, receiver, proof, holder, Date.now());
  if (!isTrusted && !proof && keysOf(holder).length === 0) warnOnce(holder.service, NO_KEY);
  const parameters = Object.fromEntries(new URLSearchParams(text));
  return isTrusted && isRequestId(parameters["requestId"]) ? { ...parameters, labels: parameters } : undefined;
}

const NO_KEY =
  "an origin is not signed, so its request gets a new id; set the secret TELEMETRY_ORIGIN_KEY in all Workers";

/** Returns the request without an origin: nobody else is to get it. */
export function withoutOrigin(request: Request): Request {
  if (!request.headers.has(ORIGIN_HEADER)) return request;
  const copy = new Request(request);
  copy.headers.delete(ORIGIN_HEADER);
  return copy;
}
