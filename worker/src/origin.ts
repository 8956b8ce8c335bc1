/** The origin of work: the id, tenant and route of a request, and how they travel with all work that the request causes. */

import { FIELDS, LABELS, type LabelValues, PLATFORM_LABELS, type PlatformLabel, type Service, type SERVICES } from "workers-ai-observability/contract";
import { labelValue, OTHER } from "./series.ts";
import { isSpanId, TRACEPARENT_HEADER, TRACESTATE_HEADER } from "./trace_context.ts";

export type Route = LabelValues["route"];
/** The routes of a service. */
export type RouteOf<Name extends Service> = (typeof SERVICES)[Name][number] | "other";

/**
 * The request that work is done for. Plain values: pass it to services, objects and messages as an argument of an RPC call,
 * which has no headers.
 */
export interface Origin extends OriginLabels {
  /** A UUID in lower case, created where the request came in. */
  readonly requestId: string;
  /** The tenant as the metrics name it: `unknown` if the request names none, `other` if the name is not valid. */
  readonly tenantId: string;
  readonly route: Route;
  /** The id of the unit of work that passes the origin on, of 16 hexadecimal digits: the parent of what the receiver does. */
  readonly spanId?: string;
}

/** The values of the labels that the platform adds to its metrics. */
export type PlatformLabels = { readonly [Label in PlatformLabel]: LabelValues[Label] };
/** The property `labels` of an origin, which is always there if the platform adds labels to its metrics. */
type OriginLabels = [PlatformLabel] extends [never] ? { readonly labels?: PlatformLabels } : { readonly labels: PlatformLabels };

export const REQUEST_ID_HEADER = "x-request-id";
/** Carries an origin to the platform's own services and objects. */
export const ORIGIN_HEADER = "x-request-origin";

export function isRequestId(value: unknown): value is string {
  return typeof value === "string" && FIELDS.request_id.pattern.test(value);
}

/** Creates an origin from unchecked values. An id that is missing or not valid is created, the others become `unknown` or `other`. */
export function createOrigin(
  values: { readonly [Key in keyof Origin]?: unknown } = {},
  routes: readonly unknown[] = LABELS.route.values,
): Origin {
  const { requestId, tenantId, route, spanId, labels } = values;
  return {
    requestId: isRequestId(requestId) ? requestId : crypto.randomUUID(),
    tenantId: labelValue("tenant_id", tenantId)!,
    route: routes.includes(route) ? (route as Route) : OTHER,
    ...(isSpanId(spanId) && { spanId }),
    ...(PLATFORM_LABELS.length > 0 && { labels: platformLabels(labels) }),
  } as Origin;
}

/** Returns the labels of the platform from unchecked values: one that is missing or not listed becomes `other`. */
function platformLabels(values: unknown): PlatformLabels {
  const unchecked = Object(values ?? {}) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(PLATFORM_LABELS.map((label) => [label, labelValue(label, unchecked[label])])) as PlatformLabels;
}

/** What requests are sent with. */
export interface SentHeaders {
  readonly requestId?: string | undefined;
  readonly origin?: string | undefined;
  readonly traceparent?: string | undefined;
  /** The `traceparent` of the request that is being handled: what has it was forwarded. */
  readonly receivedTraceparent?: string | null | undefined;
}

/**
 * Returns the request that a `fetch` was called with, with these headers. An origin from outside is not passed on, and a `traceparent`
 * of the application's own is kept.
 */
export function requestWithHeaders(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  { requestId, origin, traceparent, receivedTraceparent }: SentHeaders,
): Request {
  const request = new Request(input as RequestInfo, init);
  // from here on nothing may fail: the body of `input` has moved
  const { headers } = request;
  const sent = headers.get(TRACEPARENT_HEADER);
  if (requestId) headers.set(REQUEST_ID_HEADER, requestId);
  if (origin) headers.set(ORIGIN_HEADER, origin);
  else headers.delete(ORIGIN_HEADER);
  if (traceparent && (!sent || sent === receivedTraceparent)) {
    headers.set(TRACEPARENT_HEADER, traceparent);
    headers.delete(TRACESTATE_HEADER);
  }
  return request;
}
