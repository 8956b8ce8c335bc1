/** Bindings to other Workers: `fetch` sends the request's id and, to services of the platform, its origin; an RPC method takes it as an argument. */

import type { Service } from "workers-ai-observability/contract";
import type { Context } from "../context.ts";
import { runSafely } from "../diagnostics.ts";
import { requestWithHeaders } from "../origin.ts";
import { traceparentOf } from "../trace_context.ts";
import { originHeader, serviceName } from "../trust.ts";
import type { MethodInstrumentation, ObserveBinding } from "./call.ts";
import { observeStub } from "./rpc.ts";

/** Instruments a `fetch` so that its request has the id in a header, and the origin if it has a receiver, which returns its name. */
export function fetchWithOrigin(receiver?: () => string): MethodInstrumentation<[RequestInfo, RequestInit?], Response> {
  return {
    argsWithOrigin: ([input, init], context, origin) => {
      const { requestId, spanId } = origin;
      const { service, sendsTraceparent, receivedTraceparent } = context;
      const signed = receiver && runSafely(service, () => originHeader(origin, receiver(), holderOf(context)));
      const traceparent = spanId && (receiver || sendsTraceparent) ? traceparentOf(requestId, spanId) : undefined;
      return [requestWithHeaders(input, init, { requestId, origin: signed, traceparent, receivedTraceparent })];
    },
    readResult: ({ status }) => ({ status }),
  };
}

const holderOf = ({ service, env }: Context) => ({ service, env: env as never });

const observeWith = (receiver?: () => string): ObserveBinding => {
  const fetch = fetchWithOrigin(receiver);
  return (stub: object, binding, context) => observeStub(stub, { context, kind: "service", metadata: { binding }, fetch, rpc: {} });
};

/** Sends only the id, because a binding may reach a server outside the platform, as one with a client certificate does. */
export const observeService = observeWith();

/** Sends the origin, too: the application says that the binding reaches this service of the platform. */
export function observePlatformService(service: Service): ObserveBinding {
  return observeWith(() => serviceName(service));
}
