/** Stubs of RPC, of Durable Objects and of other Workers: a stub has a method of every name. */

import type { Context } from "../context.ts";
import { runSafely } from "../diagnostics.ts";
import { type AsyncFunction, type CallMetadata, memberOf, type MethodInstrumentation, observeMethod } from "./call.ts";

/** How to observe a stub. */
export interface StubInstrumentation {
  readonly context: Context;
  /** What the message of each call's line starts with. */
  readonly kind: string;
  readonly metadata: CallMetadata;
  readonly fetch: MethodInstrumentation;
  readonly rpc: MethodInstrumentation;
}

/** Methods that call nothing of the other side, or open a connection. */
const NOT_OBSERVED = ["connect", "dup"];

export function observeStub(stub: object, instrumentation: StubInstrumentation): object {
  return new Proxy(stub, {
    get: (_, key) => runSafely(instrumentation.context.service, () => observeMember(stub, "", key, instrumentation)) ?? memberOf(stub, key),
  });
}

/**
 * Observes a member of a stub, which may have members of its own. A call returns the Promise of RPC itself, so that calls on its
 * result need no round trip. Awaiting a method without calling it reads a property of the other side, which is a request, too.
 */
function observeMember(holder: object, path: string, key: string | symbol, instrumentation: StubInstrumentation): unknown {
  const member = memberOf(holder, key);
  if (typeof member !== "function" || typeof key === "symbol" || key in Promise.prototype || NOT_OBSERVED.includes(path + key)) return member;
  const { context, kind, metadata, fetch, rpc } = instrumentation;
  const name = path + key;
  const isFetch = name === "fetch";
  const call = { context, message: `${kind} ${name}`, metadata: isFetch ? metadata : { ...metadata, method: name } };
  const observeCall = (original: unknown): AsyncFunction => observeMethod(call, isFetch ? fetch : rpc, original as AsyncFunction);
  return new Proxy(member, {
    apply: (_target, _this, args) => (runSafely(context.service, () => observeCall(member)) ?? member)(...args),
    get(method, innerKey) {
      const inner = observeMember(method, `${name}.`, innerKey, instrumentation);
      if (innerKey !== "then" || !inner) return inner;
      return (...callbacks: Parameters<Promise<unknown>["then"]>) => {
        const readProperty = observeCall(inner);
        return readProperty((value: unknown) => value).then(...callbacks);
      };
    },
  });
}
