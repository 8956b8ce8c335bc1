/** Durable Objects: requests by `fetch` and by RPC, those that threw, and answers of 5xx. */

import type { Context } from "../context.ts";
import { type Callable, memberOf, type Method, type Observe, proxied, type Told, watched } from "./call.ts";
import { fetching } from "./service.ts";

const REQUEST: Method = { counters: ["do_requests_total", "do_errors_total"] };
const FETCH: Method = { ...REQUEST, ...fetching(true) };
/** What gives objects, or a namespace of its own. */
const MAKERS: Readonly<Record<string, Observe>> = { get: observeStub, getByName: observeStub, jurisdiction: observeObjects };

/** A namespace whose stubs are observed. */
export function observeObjects(namespace: object, binding: string, context: Context): object {
  return proxied(namespace, MAKERS, (make, _, call) => (...given: unknown[]) => make(call(...given) as never, binding, context));
}

function observeStub(stub: object, binding: string, context: Context): object {
  const metadata: Told = { binding, store: "durable_objects", operation: "request" };
  return new Proxy(stub, { get: (_, key) => member(stub, "", key, metadata, context) });
}

/**
 * Any name is a method of the object, as far as its stub knows, and may hold methods of its own. A call gives back RPC's own
 * promise, so that calls on its result need no second way; to await the method itself reads a property, a request too.
 */
function member(holder: object, path: string, key: string | symbol, metadata: Told, context: Context): unknown {
  const own = memberOf(holder, key);
  if (typeof own !== "function" || typeof key === "symbol" || key in Promise.prototype) return own;
  const name = path + key;
  const asked = (call: unknown): Callable =>
    watched(context, `Durable Object ${name}`, metadata, name === "fetch" ? FETCH : REQUEST, call as Callable);
  return new Proxy(own, {
    apply: (_, __, given) => asked(own)(...given),
    get(method, inner) {
      const found = member(method, `${name}.`, inner, metadata, context);
      if (inner !== "then" || !found) return found;
      return (...settling: Parameters<Promise<unknown>["then"]>) => asked(found)((value: unknown) => value).then(...settling);
    },
  });
}
