/** Durable Objects: requests by `fetch` and by RPC, those that threw, and 5xx answers. */

import type { Context } from "../context.ts";
import { runSafely } from "../diagnostics.ts";
import {
  type AsyncFunction,
  type CallMetadata,
  memberOf,
  observedResult,
  type MethodInstrumentation,
  type ObserveBinding,
  observeMethod,
  withReplacedMembers,
} from "./call.ts";
import { objectName } from "../trust.ts";
import { fetchWithOrigin } from "./service.ts";

const RPC: MethodInstrumentation = { calls: "do_requests_total", errors: "do_errors_total" };
/** The methods of a namespace that return a stub or another namespace. */
const FACTORIES: Readonly<Record<string, ObserveBinding>> = {
  get: observeStub,
  getByName: observeStub,
  jurisdiction: observeDurableObjects,
};

/** Returns the namespace with observed stubs. */
export function observeDurableObjects(namespace: object, binding: string, context: Context): object {
  return withReplacedMembers(namespace, FACTORIES, (observeResult, _, create) => {
    return (...args: unknown[]) => observedResult(context, create(...args), (result) => observeResult(result as never, binding, context));
  });
}

interface StubContext {
  readonly context: Context;
  readonly metadata: CallMetadata;
  readonly fetch: MethodInstrumentation;
}

function observeStub(stub: object, binding: string, context: Context): object {
  const metadata: CallMetadata = { binding, store: "durable_objects", operation: "request" };
  const fetch = { ...RPC, ...fetchWithOrigin(() => objectName((stub as DurableObjectStub).id)) };
  return new Proxy(stub, {
    get: (_, key) => runSafely(context.service, () => observeMember(stub, "", key, { context, metadata, fetch })) ?? memberOf(stub, key),
  });
}

/**
 * Observes a member of a stub. A stub has a method of every name, which may have methods of its own. A call returns the Promise
 * of RPC itself, so that calls on its result need no round trip. Awaiting a method without calling it reads a property of the
 * object, which is a request, too.
 */
function observeMember(holder: object, path: string, key: string | symbol, stub: StubContext): unknown {
  const member = memberOf(holder, key);
  if (typeof member !== "function" || typeof key === "symbol" || key in Promise.prototype) return member;
  const name = path + key;
  const observeCall = (call: unknown): AsyncFunction =>
    observeMethod({ ...stub, message: `Durable Object ${name}` }, name === "fetch" ? stub.fetch : RPC, call as AsyncFunction);
  return new Proxy(member, {
    apply: (_target, _this, args) => (runSafely(stub.context.service, () => observeCall(member)) ?? member)(...args),
    get(method, innerKey) {
      const inner = observeMember(method, `${name}.`, innerKey, stub);
      if (innerKey !== "then" || !inner) return inner;
      return (...callbacks: Parameters<Promise<unknown>["then"]>) => {
        const readProperty = observeCall(inner);
        return readProperty((value: unknown) => value).then(...callbacks);
      };
    },
  });
}
