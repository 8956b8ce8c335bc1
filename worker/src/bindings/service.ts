/** Bindings to other Workers: `fetch` carries the request's id; what is called by RPC takes it as an argument. */

import { carrying } from "../request.ts";
import { type Method, observing } from "./call.ts";

/** A `fetch`, which carries the request's id, or the whole of its origin. */
export function fetching(whole: boolean): Method<[RequestInfo, RequestInit?], Response> {
  return {
    given: ([input, init], origin) => [carrying(input, init, origin, whole)],
    told: (response) => response, // its status
  };
}

/** The id alone goes along, for a binding of this kind may lead out of the platform, as one with a certificate does. */
export const observeService = observing("service", { fetch: fetching(false) });
