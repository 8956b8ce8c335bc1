/** Bindings to other Workers: `fetch` sends the request's id in a header; an RPC method takes the origin as an argument. */

import { type OriginScope, requestWithOrigin } from "../origin.ts";
import { type MethodInstrumentation, observeMethods } from "./call.ts";

/** Instruments a `fetch` so that its request has the origin in its headers. */
export function fetchWithOrigin(scope: OriginScope): MethodInstrumentation<[RequestInfo, RequestInit?], Response> {
  return {
    argsWithOrigin: ([input, init], origin) => [requestWithOrigin(input, init, origin, scope)],
    readResult: ({ status }) => ({ status }),
  };
}

/** Sends only the id, because a service binding may reach a server outside the platform, as one with a client certificate does. */
export const observeService = observeMethods("service", { fetch: fetchWithOrigin("id") });
