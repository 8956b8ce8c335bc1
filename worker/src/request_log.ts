/** The log of the request that is being handled, for code that gets no argument of the handler. */

import type { RequestLog } from "./context.ts";

interface Storage {
  run<Result>(log: RequestLog, work: () => Result): Result;
  getStore(): RequestLog | undefined;
}
type StorageClass = new () => Storage;
interface BuiltIns {
  readonly process?: { getBuiltinModule?(name: string): { readonly AsyncLocalStorage: StorageClass } | undefined };
}

/** By the context of an invocation, which frameworks hand on. */
const logs = new WeakMap<object, RequestLog>();
let storage: Storage | undefined;

/** Not imported, because bundlers and Miniflare refuse a module that only some compatibility flags have. */
const AsyncLocalStorage = (globalThis as BuiltIns).process?.getBuiltinModule?.("node:async_hooks")?.AsyncLocalStorage;
if (AsyncLocalStorage) useAsyncLocalStorage(AsyncLocalStorage);

/** Has `requestLog` work anywhere under the flag `nodejs_als`, too: to be called with its class when the Worker starts. */
export function useAsyncLocalStorage(storageClass: new () => unknown): void {
  storage = new storageClass() as Storage;
}

/** Does work in which `requestLog` returns the log. */
export function withRequestLog<Result>(log: RequestLog<string>, context: object | undefined, work: () => Result): Result {
  if (context) logs.set(context, log);
  return storage ? storage.run(log, work) : work();
}

/**
 * Returns the log of the request that is being handled: anywhere, where the compatibility flag `nodejs_compat` is on, and elsewhere by the
 * execution context of its `fetch` handler. Undefined outside of an observed request.
 */
export function requestLog(context?: object): RequestLog | undefined {
  return (context && logs.get(context)) ?? storage?.getStore();
}
