/** Which request it is: the id, tenant and route that go with all work that a request causes, and how they travel. */

import { FIELDS, LABELS, SERVICES, type LabelValues, type Service } from "../../out/contract/contract.gen.ts";

export type Route = LabelValues["route"];
/** The routes that a service answers. */
export type RouteOf<Name extends Service> = (typeof SERVICES)[Name][number] | "other";

/**
 * What a request hands to the services, objects and messages that work for it. Plain values: pass it as an argument of an
 * RPC call, which has no headers.
 */
export interface Origin {
  /** A UUID in lower case, minted where the request came in. */
  readonly requestId: string;
  /** The tenant as the metrics name it: `unknown` where the request names none, `other` where it can be no tenant's name. */
  readonly tenantId: string;
  readonly route: Route;
}

export const REQUEST_ID_HEADER = "x-request-id";
const TENANT_HEADER = "x-request-tenant";
const ROUTE_HEADER = "x-request-route";
const LONE_SURROGATE = /\p{Surrogate}/u; // has no place in a header, nor in UTF-8
const CALLER_ID = FIELDS.metadata.fields.caller_request_id.pattern;
const CF_RAY = FIELDS.metadata.fields.cf_ray.pattern;

export function isRequestId(value: unknown): value is string {
  return typeof value === "string" && FIELDS.request_id.pattern.test(value);
}

/** An origin of whatever was handed over; what is missing or makes no sense is minted, `unknown` or `other`. */
export function originOf(given: { readonly [Key in keyof Origin]?: unknown } = {}): Origin {
  return {
    requestId: isRequestId(given.requestId) ? given.requestId : crypto.randomUUID(),
    tenantId: tenantOf(given.tenantId),
    route: routeIn(LABELS.route.listed, given.route),
  };
}

/** The origin that a Durable Object's own `fetch` was handed by the Worker that called it. Only bindings lead there. */
export function requestOf({ headers }: Request): Origin {
  const tenantId = unescaped(headers.get(TENANT_HEADER));
  return originOf({ requestId: headers.get(REQUEST_ID_HEADER), tenantId, route: headers.get(ROUTE_HEADER) });
}

/** A request's id where only bindings lead (`trusted`); minted for all that comes from outside. */
export function requestIdOf(request: Request, trusted: boolean): string {
  const given = request.headers.get(REQUEST_ID_HEADER);
  return trusted && isRequestId(given) ? given : crypto.randomUUID();
}

/** What is logged beside the id: Cloudflare's own, and the one that a caller from outside would like to have. */
export function marksOf({ headers }: Request, trusted: boolean): { cfRay?: string | undefined; callerRequestId?: string | undefined } {
  return {
    cfRay: matching(CF_RAY, headers.get("cf-ray")),
    callerRequestId: trusted ? undefined : matching(CALLER_ID, headers.get(REQUEST_ID_HEADER)),
  };
}

/** The request that a binding's `fetch` was given, with the id; to objects of our own, which may log, the whole origin. */
export function carrying(input: RequestInfo | URL, init: RequestInit | undefined, origin: Origin, whole: boolean): Request {
  const request = new Request(input as RequestInfo, init);
  request.headers.set(REQUEST_ID_HEADER, origin.requestId);
  if (whole) {
    request.headers.set(TENANT_HEADER, encodeURIComponent(origin.tenantId)); // a header takes Latin-1 alone
    request.headers.set(ROUTE_HEADER, origin.route);
  }
  return request;
}

export function tenantOf(given: unknown): string {
  if (given === undefined || given === null || given === "") return LABELS.tenant_id.fallback;
  const valid = typeof given === "string" && LABELS.tenant_id.pattern.test(given) && !LONE_SURROGATE.test(given);
  return valid ? given : "other";
}

/** The route, if it is one of those; `other` if not. */
export function routeIn(routes: readonly string[], given: unknown): Route {
  return routes.includes(given as string) ? (given as Route) : LABELS.route.fallback;
}

function matching(pattern: RegExp, text: string | null): string | undefined {
  return text !== null && pattern.test(text) ? text : undefined;
}

function unescaped(text: string | null): string | null {
  try {
    return text && decodeURIComponent(text);
  } catch {
    return text;
  }
}
