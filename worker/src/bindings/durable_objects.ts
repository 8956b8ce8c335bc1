/** Durable Objects: requests by `fetch` and by RPC, those that threw, and 5xx answers. */

import type { Context } from "../context.ts";
import { objectName } from "../trust.ts";
import { observedResult, type MethodInstrumentation, type ObserveBinding, withReplacedMembers } from "./call.ts";
import { observeStub } from "./rpc.ts";
import { fetchWithOrigin } from "./service.ts";

const RPC: MethodInstrumentation = { calls: "do_requests_total", errors: "do_errors_total" };
/** The methods of a namespace that return a stub or another namespace. */
const FACTORIES: Readonly<Record<string, ObserveBinding>> = {
  get: observeObject,
  getByName: observeObject,
  jurisdiction: observeDurableObjects,
};

/** Returns the namespace with observed stubs. */
export function observeDurableObjects(namespace: object, binding: string, context: Context): object {
  return withReplacedMembers(namespace, FACTORIES, (observeResult, _, create) => {
    return (...args: unknown[]) => observedResult(context, create(...args), (result) => observeResult(result as never, binding, context));
  });
}

function observeObject(stub: object, binding: string, context: Context): object {
  const fetch = { ...RPC, ...fetchWithOrigin(() => objectName((stub as DurableObjectStub).id)) };
  const metadata = { binding, store: "durable_objects", operation: "request" } as const;
  return observeStub(stub, { context, kind: "Durable Object", metadata, fetch, rpc: RPC });
}
