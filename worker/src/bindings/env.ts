/** A Worker's bindings, observed for one request. Application's code does not change. */

import { type Context, quietly } from "../context.ts";
import { observeAi } from "./ai.ts";
import { proxied } from "./call.ts";
import { observeKv } from "./kv.ts";
import { observeObjects } from "./objects.ts";
import { observeQueue } from "./queue.ts";
import { observeService } from "./service.ts";
import { observeVectorize } from "./vectorize.ts";

/** What a binding is; `plain` is left alone. */
export type Kind = "ai" | "vectorize" | "kv" | "durable_objects" | "queue" | "service" | "plain";
/** Kinds by the names of bindings, where the runtime's own class does not tell. */
export type Kinds<Env> = { readonly [Name in keyof Env]?: Kind };

type Observe = (binding: never, name: string, context: Context) => object;
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
const RAW = new WeakMap<object, object>();

/** The same bindings, observed; wrapped when first used. An `env` that is observed already is observed anew, once. */
export function observeEnv<Env>(env: Env, context: Context, kinds: Kinds<Env> = {}): Env {
  if (typeof env !== "object" || env === null) return env;
  const raw = rawEnv(env);
  const ready = new Map<PropertyKey, unknown>();
  const proxy = proxied(raw, (key, value) => {
    if (!ready.has(key)) ready.set(key, typeof key === "string" ? observe(value, key, context, kinds as Record<string, Kind>) : value);
    return ready.get(key);
  });
  RAW.set(proxy, raw);
  return proxy;
}

/** The bindings as the runtime gave them. */
function rawEnv<Env extends object>(env: Env): Env {
  return (RAW.get(env) as Env | undefined) ?? env;
}

function observe(value: unknown, name: string, context: Context, kinds: Record<string, Kind>): unknown {
  if (typeof value !== "object" || value === null || name === "TELEMETRY") return value;
  return quietly(context, () => {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : Object.getPrototypeOf(value)?.constructor?.name;
    return OBSERVERS[kind]?.(value as never, name, context);
  }) ?? value;
}
