/** Durable Objects: requests by `fetch` and by RPC, those that threw, and answers of 5xx. */

import type { Context } from "../context.ts";
import { carrying } from "../request.ts";
import { begin, bound, type Ending, proxied, replacing, watch, type Watched } from "./call.ts";

type Stub = DurableObjectStub<undefined>;
type Callable = (...given: unknown[]) => PromiseLike<unknown>;

/** A namespace whose stubs are observed. */
export function observeObjects(namespace: DurableObjectNamespace, binding: string, context: Context): DurableObjectNamespace {
  return replacing(namespace, {
    get: (...given: Parameters<typeof namespace.get>) => observeStub(namespace.get(...given), binding, context),
    getByName: (...given: Parameters<typeof namespace.getByName>) => observeStub(namespace.getByName(...given), binding, context),
    jurisdiction: (where: DurableObjectJurisdiction) => observeObjects(namespace.jurisdiction(where), binding, context),
  });
}

/** Any name on a stub is a method of the object, as far as the stub knows; `fetch` and `connect` alone are its own. */
function observeStub(stub: Stub, binding: string, context: Context): Stub {
  return proxied(stub, (key, value) => {
    if (key === "fetch") return (...given: Parameters<Stub["fetch"]>) => fetchOf(stub, given, binding, context);
    if (typeof value !== "function" || typeof key === "symbol" || key === "connect" || key in Object.prototype) return bound(value, stub);
    return observeMethod(value as Callable, watching(key, binding, context), context);
  });
}

async function fetchOf(
  stub: Stub,
  [input, init]: Parameters<Stub["fetch"]>,
  binding: string,
  context: Context,
): Promise<Response> {
  const told = ({ status }: Response): Ending => ({ status });
  const request = carrying(input as Request, init as RequestInit, context.origin, true);
  return watch(context, { ...watching("fetch", binding, context), told }, () => stub.fetch(request as never) as Promise<Response>);
}

/**
 * A method of an object. A call gives back RPC's own promise, so that calls on its result need no second way; to await
 * the method itself reads a property of the object, which is a request too; and it may hold methods of its own.
 */
function observeMethod(method: Callable, watched: Watched<unknown>, context: Context): Callable {
  return new Proxy(method, {
    apply: (target, _, given) => watch(context, watched, () => Reflect.apply(target, undefined, given)),
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function" || typeof key === "symbol") return value;
      if (key === "then") return (...given: Settling) => read(value as Callable, target, given, watched, context);
      if (key in Promise.prototype) return bound(value, target);
      return observeMethod(value as Callable, { ...watched, message: `${watched.message}.${key}` }, context);
    },
  });
}

type Settling = [((value: unknown) => unknown)?, ((error: unknown) => unknown)?];

/** Reads a property, which RPC does when it is awaited. */
function read(then: Callable, target: object, [took, refused]: Settling, watched: Watched<unknown>, context: Context): PromiseLike<unknown> {
  const ended = begin(context, watched);
  const end = (ending: Ending): void => watched.ended?.(ended(ending), ending);
  const settled = [
    (value: unknown): unknown => (end({}), took ? took(value) : value),
    (error: unknown): unknown => {
      end({ error });
      if (refused) return refused(error);
      throw error;
    },
  ];
  return Reflect.apply(then, target, settled);
}

function watching<Result>(name: string, binding: string, context: Context): Watched<Result> {
  const { count } = context;
  return {
    message: `Durable Object ${name}`,
    metadata: { binding, store: "durable_objects", operation: "request" },
    ended(_, ending) {
      count("do_requests_total");
      if ("error" in ending || (ending.status ?? 0) >= 500) count("do_errors_total");
    },
  };
}
