/** A Worker's bindings, observed for one request. Application's code does not change. */

import { type Context, quietly } from "../context.ts";
import { observeAi } from "./ai.ts";
import type { Observe } from "./call.ts";
import { observeObjects } from "./objects.ts";
import { observeQueue } from "./queue.ts";
import { observeService } from "./service.ts";
import { observeKv, observeVectorize } from "./stores.ts";

/** What a binding is; `plain` is left alone. */
export type Kind = "ai" | "vectorize" | "kv" | "durable_objects" | "queue" | "service" | "plain";
/** Kinds by the names of bindings, where the runtime's own class does not tell. */
export type Kinds<Env> = { readonly [Name in keyof Env]?: Kind };

/**
 * By kind, and by the classes of the runtime: a stub answers to any method's name, so what a binding can do does not tell
 * what it is.
 */
const OBSERVERS: Record<Exclude<Kind, "plain">, Observe> & Record<string, Observe | undefined> = {
  __proto__: null as never,
  ai: observeAi,
  Ai: observeAi,
  vectorize: observeVectorize,
  VectorizeIndexImpl: observeVectorize,
  kv: observeKv,
  KvNamespace: observeKv,
  durable_objects: observeObjects,
  DurableObjectNamespace: observeObjects,
  queue: observeQueue,
  WorkerQueue: observeQueue,
  service: observeService,
  Fetcher: observeService,
};
/** Under this name an observed `env` tells the one that it observes. */
const RAW = Symbol("raw");

/** The same bindings, observed; wrapped when first used. An `env` that is observed already is observed anew, once. */
export function observeEnv<Env>(env: Env, context: Context, kinds: Kinds<Env> = {}): Env {
  if (typeof env !== "object" || !env) return env;
  const raw = ((env as { [RAW]?: object })[RAW] ?? env) as Env & Record<string | symbol, unknown>;
  const ready: Record<string | symbol, unknown> = { [RAW]: raw };
  return new Proxy(raw, { get: (_, name) => (ready[name] ??= observed(raw[name], name as never, context, kinds)) });
}

function observed(value: unknown, name: string, context: Context, kinds: Readonly<Record<string, Kind | undefined>>): unknown {
  if (name === "TELEMETRY") return value;
  const observe = (): unknown => OBSERVERS[kinds[name] ?? value?.constructor?.name as string]?.(value as never, name, context);
  return quietly(context, observe) ?? value;
}
