/** Which request it is: the id, tenant and route that go with all work that a request causes, and how they travel. */

import { FIELDS, LABELS, type LabelValues, type Service, type SERVICES } from "../../out/contract/contract.gen.ts";
import { labelValue, OTHER } from "./series.ts";

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
/** The whole origin, as a form: any tenant fits into a header so, and any header can be read. */
const ORIGIN_HEADER = "x-request-origin";

export function isRequestId(value: unknown): value is string {
  return typeof value === "string" && FIELDS.request_id.pattern.test(value);
}

/** An origin of whatever was handed over; what is missing or makes no sense is minted, `unknown` or `other`. */
export function originOf(given: { readonly [Key in keyof Origin]?: unknown } = {}, routes: readonly unknown[] = LABELS.route.listed): Origin {
  const { requestId, tenantId, route } = given;
  return {
    requestId: isRequestId(requestId) ? requestId : crypto.randomUUID(),
    tenantId: labelValue("tenant_id", tenantId)!,
    route: routes.includes(route) ? (route as Route) : OTHER,
  };
}

/** The origin that a Durable Object's own `fetch` was handed by the Worker that called it. Only bindings lead there. */
export function requestOf({ headers }: Request): Origin {
  return originOf({ requestId: headers.get(REQUEST_ID_HEADER), ...Object.fromEntries(new URLSearchParams(headers.get(ORIGIN_HEADER) ?? "")) });
}

/** The request that a binding's `fetch` was given, with the id; to objects of our own, which may log, the whole origin. */
export function carrying(input: RequestInfo | URL, init: RequestInit | undefined, origin: Origin, whole: boolean): Request {
  const request = new Request(input as RequestInfo, init);
  request.headers.set(REQUEST_ID_HEADER, origin.requestId);
  request.headers.set(ORIGIN_HEADER, whole ? String(new URLSearchParams({ ...origin })) : ""); // none from outside gets through
  return request;
}
