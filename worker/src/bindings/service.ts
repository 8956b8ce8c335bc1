/** Bindings to other Workers: `fetch` carries the request's id; what is called by RPC takes it as an argument. */

import type { Context } from "../context.ts";
import { carrying } from "../request.ts";
import { bound, proxied, watch } from "./call.ts";

/** The id alone goes along, for a binding of this kind may lead out of the platform, as one with a certificate does. */
export function observeService(service: Fetcher, binding: string, context: Context): Fetcher {
  const watched = { message: "service fetch", metadata: { binding }, told: ({ status }: Response) => ({ status }) };
  const call = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = carrying(input, init, context.origin, false);
    return watch(context, watched, () => service.fetch(request));
  };
  // any other name is a method by RPC, and passes as it is
  return proxied(service, (key, value) => (key === "fetch" ? call : key === "connect" ? bound(value, service) : value));
}
