/** The origin of work: the id, tenant and route of a request, and how they travel with all work that the request causes. */

import { FIELDS, LABELS, type LabelValues, type Service, type SERVICES } from "workers-ai-observability/contract";
import { labelValue, OTHER } from "./series.ts";

export type Route = LabelValues["route"];
/** The routes of a service. */
export type RouteOf<Name extends Service> = (typeof SERVICES)[Name][number] | "other";

/**
 * The request that work is done for. Plain values: pass it to services, objects and messages as an argument of an RPC call,
 * which has no headers.
 */
export interface Origin {
  /** A UUID in lower case, created where the request came in. */
  readonly requestId: string;
  /** The tenant as the metrics name it: `unknown` if the request names none, `other` if the name is not valid. */
  readonly tenantId: string;
  readonly route: Route;
}

export const REQUEST_ID_HEADER = "x-request-id";
/** The whole origin in URL encoding: so any tenant fits into a header, and any header can be parsed. */
const ORIGIN_HEADER = "x-request-origin";

export function isRequestId(value: unknown): value is string {
  return typeof value === "string" && FIELDS.request_id.pattern.test(value);
}

/** Creates an origin from unchecked values. An id that is missing or not valid is created, the others become `unknown` or `other`. */
export function createOrigin(
  values: { readonly [Key in keyof Origin]?: unknown } = {},
  routes: readonly unknown[] = LABELS.route.values,
): Origin {
  const { requestId, tenantId, route } = values;
  return {
    requestId: isRequestId(requestId) ? requestId : crypto.randomUUID(),
    tenantId: labelValue("tenant_id", tenantId)!,
    route: routes.includes(route) ? (route as Route) : OTHER,
  };
}

/** Returns the origin that a Worker sent with a request to a Durable Object's `fetch`, which only bindings can reach. */
export function originOf({ headers }: Request): Origin {
  const parameters = new URLSearchParams(headers.get(ORIGIN_HEADER) ?? "");
  return createOrigin({ requestId: headers.get(REQUEST_ID_HEADER), ...Object.fromEntries(parameters) });
}

/** Which part of an origin is sent: only the id, or all of it, to the application's own Durable Objects. */
export type OriginScope = "id" | "all";

/** Returns the request that a binding's `fetch` was called with, with the origin in its headers. */
export function requestWithOrigin(input: RequestInfo | URL, init: RequestInit | undefined, origin: Origin, scope: OriginScope): Request {
  const request = new Request(input as RequestInfo, init);
  request.headers.set(REQUEST_ID_HEADER, origin.requestId);
  // always set, so that no origin from outside is passed on
  request.headers.set(ORIGIN_HEADER, scope === "all" ? String(new URLSearchParams({ ...origin })) : "");
  return request;
}
