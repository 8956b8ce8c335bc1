/** The request that is being handled, for code that gets no argument of the handler. */

import type { Context, RequestLog } from "./context.ts";

interface Storage {
  run<Result>(context: Context, work: () => Result): Result;
  getStore(): Context | undefined;
}
type StorageClass = new () => Storage;
interface BuiltIns {
  readonly process?: { getBuiltinModule?(name: string): { readonly AsyncLocalStorage: StorageClass } | undefined };
}

/** By the execution context of an invocation, which frameworks hand on. */
const logs = new WeakMap<object, RequestLog>();
let storage: Storage | undefined;

/** Not imported, because bundlers and Miniflare refuse a module that only some compatibility flags have. */
const AsyncLocalStorage = (globalThis as BuiltIns).process?.getBuiltinModule?.("node:async_hooks")?.AsyncLocalStorage;
if (AsyncLocalStorage) useAsyncLocalStorage(AsyncLocalStorage);

/** Has `requestLog` and the global `fetch` know the request under the flag `nodejs_als`, too: to be called with its class when the Worker starts. */
export function useAsyncLocalStorage(storageClass: new () => unknown): void {
  storage = new storageClass() as Storage;
}

/** Does work for a request, in which `requestLog` returns its log. */
export function withContext<Result>(context: Pick<Context<unknown, string>, "log">, executionContext: object | undefined, work: () => Result): Result {
  if (executionContext) logs.set(executionContext, context.log as RequestLog);
  return storage ? storage.run(context as Context, work) : work();
}

/** Returns the context of the work that is being done; undefined where the runtime does not know it. */
export const currentContext = (): Context | undefined => storage?.getStore();

/**
 * Returns the log of the request that is being handled: anywhere, where the compatibility flag `nodejs_compat` is on, and elsewhere by the
 * execution context of its `fetch` handler. Undefined outside of an observed request.
 */
export function requestLog(context?: object): RequestLog | undefined {
  return (context && logs.get(context)) ?? currentContext()?.log;
}
