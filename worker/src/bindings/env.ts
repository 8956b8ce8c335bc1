/** A Worker's bindings, observed for one request. The application's code does not change. */

import type { Service } from "workers-ai-observability/contract";
import type { Context } from "../context.ts";
import { runSafely } from "../diagnostics.ts";
import { observeAi } from "./ai.ts";
import type { ObserveBinding } from "./call.ts";
import { observeDurableObjects } from "./durable_objects.ts";
import { observeQueue } from "./queue.ts";
import { observePlatformService, observeService } from "./service.ts";
import { observeKv, observeVectorize } from "./stores.ts";

/** The kind of a binding; a `plain` binding is not observed. */
export type BindingKind = "ai" | "vectorize" | "kv" | "durable_objects" | "queue" | "service" | "plain";
/** What the runtime's class does not show, by the names of bindings: the kind, or which service of the contract one reaches. */
export type BindingKinds<Env> = { readonly [Name in keyof Env]?: BindingKind | PlatformService };
/** A service of the platform, which gets the origins of requests. */
export interface PlatformService {
  readonly service: Service;
}

/**
 * By kind, and by the names of the runtime's classes. The methods of a binding do not show its kind, because a stub has a
 * method of any name.
 */
const OBSERVERS: Record<Exclude<BindingKind, "plain">, ObserveBinding> & Record<string, ObserveBinding | undefined> = {
  __proto__: null as never,
  ai: observeAi,
  Ai: observeAi,
  vectorize: observeVectorize,
  VectorizeIndexImpl: observeVectorize,
  kv: observeKv,
  KvNamespace: observeKv,
  durable_objects: observeDurableObjects,
  DurableObjectNamespace: observeDurableObjects,
  queue: observeQueue,
  WorkerQueue: observeQueue,
  service: observeService,
  Fetcher: observeService,
};
/** The property of an observed `env` that holds the original. */
const ORIGINAL = Symbol("original");

/** Returns the same bindings, each observed when it is first used. Of an `env` that is observed already, the original is observed. */
export function observeEnv<Env>(env: Env, context: Context, kinds: BindingKinds<Env> = {}): Env {
  if (typeof env !== "object" || env === null) return env;
  const original = ((env as { [ORIGINAL]?: object })[ORIGINAL] ?? env) as Env & Record<string | symbol, unknown>;
  const observed: Record<string | symbol, unknown> = { [ORIGINAL]: original };
  return new Proxy(original, {
    get(_, name) {
      observed[name] ??= runSafely(context.service, () => observeBinding(original[name], name as never, context, kinds)) ?? original[name];
      return observed[name];
    },
  });
}

/** Returns the observed binding; undefined for one that is not observed. */
function observeBinding(value: unknown, name: string, context: Context, kinds: BindingKinds<Readonly<Record<string, unknown>>>): unknown {
  if (name === "TELEMETRY") return undefined;
  const kind = kinds[name];
  const observer = typeof kind === "object" ? observePlatformService(kind.service) : OBSERVERS[kind ?? (value?.constructor?.name as string)];
  return observer?.(value as never, name, context);
}
