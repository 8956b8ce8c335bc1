/** W3C Trace Context: the trace id of a request is its id without dashes, and each unit of work has a random span id. */

import { FIELDS } from "workers-ai-observability/contract";

export const TRACEPARENT_HEADER = "traceparent";
/** What a caller adds to its `traceparent`. */
export const TRACESTATE_HEADER = "tracestate";

const { span_id: SPAN_ID } = FIELDS.metadata.fields;
/** Version `ff` is not valid. Version `00` has nothing after its flags; a later one may have more. */
const TRACEPARENT = /^(?!ff|00.{54})[0-9a-f]{2}-(?!0+-)([0-9a-f]{32})-(?!0+-)([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?$/;

/** Random numbers for the next ids: to get many at once costs less. */
const numbers = new BigUint64Array(256);
let remaining = 0;

/** Returns the id of a new unit of work. To be called while a request is handled: the runtime has no random numbers before. */
export function newSpanId(): string {
  if (remaining === 0) {
    crypto.getRandomValues(numbers);
    remaining = numbers.length;
  }
  const number = numbers[--remaining];
  return number ? number.toString(16).padStart(16, "0") : newSpanId(); // zero is not valid
}

export const isSpanId = (value: unknown): value is string => typeof value === "string" && SPAN_ID.pattern.test(value);
/** Not by a pattern, which takes three times as long. */
export const traceIdOf = (id: string): string => id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24);

/** Returns the header that names a unit of work of a request as the parent of what the receiver does. */
export const traceparentOf = (requestId: string, spanId: string): string => `00-${traceIdOf(requestId)}-${spanId}-01`;

/** Returns the ids of a `traceparent`, which are undefined if it is missing or not valid. */
export function idsOf(traceparent: string): readonly [traceId?: string, spanId?: string] {
  const [, traceId, spanId] = TRACEPARENT.exec(traceparent) ?? [];
  return traceId && spanId ? [traceId, spanId] : [];
}
