/** A Worker's bindings, observed for one request. The application's code does not change. */

import type { Service } from "workers-ai-observability/contract";
import type { Context } from "../context.ts";
import { runSafely, warnOnce } from "../diagnostics.ts";
import { observeAi, observeAiSearch } from "./ai_methods.ts";
import type { ObserveBinding } from "./call.ts";
import { observeDurableObjects } from "./durable_objects.ts";
import { observeQueue } from "./queue.ts";
import { observePlatformService, observeService } from "./service.ts";
import { observeD1, observeKv, observeR2, observeVectorize } from "./stores.ts";

/** The kind of a binding; a `plain` binding is not observed. */
export type BindingKind = "ai" | "ai_search" | "vectorize" | "kv" | "d1" | "r2" | "durable_objects" | "queue" | "service" | "plain";
/** What the runtime's class does not show, by the names of bindings: the kind, or which service of the contract one reaches. */
export type BindingKinds<Env> = { readonly [Name in keyof Env]?: BindingKind | PlatformService };
/** A service of the platform, which gets the origins of requests. */
export interface PlatformService {
  readonly service: Service;
}

/** By kind, and by the names of the runtime's classes. */
const OBSERVERS: Record<Exclude<BindingKind, "plain">, ObserveBinding> & Record<string, ObserveBinding | undefined> = {
  __proto__: null as never,
  ai: observeAi,
  Ai: observeAi,
  ai_search: observeAiSearch,
  AiSearchInstance: observeAiSearch,
  AiSearchNamespace: observeAiSearch,
  vectorize: observeVectorize,
  VectorizeIndexImpl: observeVectorize,
  kv: observeKv,
  KvNamespace: observeKv,
  d1: observeD1,
  D1Database: observeD1,
  r2: observeR2,
  R2Bucket: observeR2,
  durable_objects: observeDurableObjects,
  DurableObjectNamespace: observeDurableObjects,
  queue: observeQueue,
  WorkerQueue: observeQueue,
  service: observeService,
  Fetcher: observeService,
};
/** The methods that show the kinds of bindings that are written in JavaScript: a bundler may rename their classes. */
const METHODS: readonly (readonly [kind: BindingKind, ...methods: string[]])[] = [
  ["ai", "run", "models", "toMarkdown"],
  ["ai_search", "search", "chatCompletions"],
  ["vectorize", "query", "upsert", "getByIds"],
  ["d1", "prepare", "batch", "exec"],
];
/** The property of an observed `env` that holds the original. */
const ORIGINAL = Symbol("original");

/** Returns the same bindings, each observed when it is first used. Of an `env` that is observed already, the original is observed. */
export function observeEnv<Env>(env: Env, context: Context, kinds: BindingKinds<Env> = {}): Env {
  if (typeof env !== "object" || env === null) return env;
  const original = ((env as { [ORIGINAL]?: object })[ORIGINAL] ?? env) as Env & Record<string | symbol, unknown>;
  const observed: Record<string | symbol, readonly [value: unknown, observed: unknown] | undefined> = {};
  const read = (name: string | symbol): unknown => {
    const value = original[name];
    if (observed[name]?.[0] !== value) observed[name] = [value, runSafely(context.service, () => observeBinding(value, name as never, context, kinds)) ?? value];
    return observed[name]?.[1];
  };
  // not a Proxy of the original: that of a frozen object must return what the object has
  return new Proxy({} as Env & object, {
    get: (_, name) => (name === ORIGINAL ? original : read(name)),
    set: (_, name, value) => Reflect.set(original, name, value),
    has: (_, name) => Reflect.has(original, name),
    deleteProperty: (_, name) => Reflect.deleteProperty(original, name),
    ownKeys: () => Reflect.ownKeys(original),
    getOwnPropertyDescriptor(_, name) {
      const property = Reflect.getOwnPropertyDescriptor(original, name);
      return property && { ...property, value: read(name), configurable: true };
    },
  });
}

/** Returns the observed binding; undefined for one that is not observed, which is logged once. */
function observeBinding(value: unknown, name: string, context: Context, kinds: BindingKinds<Readonly<Record<string, unknown>>>): unknown {
  const kind = kinds[name];
  if (name === "TELEMETRY" || kind === "plain" || !isObject(value)) return undefined;
  if (typeof kind === "object") return observePlatformService(kind.service)(value as never, name, context);
  const observer = OBSERVERS[kind ?? tagOf(value)] ?? OBSERVERS[classOf(value)] ?? OBSERVERS[kindByMethods(value) ?? ""];
  if (!observer && !["Object", "Array"].includes(classOf(value))) {
    warnOnce(context.service, `env.${name}: ${classOf(value)} is not observed; say so: bindings: { ${name}: "plain" }.`);
  }
  return observer?.(value as never, name, context);
}

const isObject = (value: unknown): value is object => Object(value) === value;
/** The tag of a class of the runtime, which a Proxy has, too. */
const tagOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);
const classOf = (value: object): string => String(value.constructor?.name);

/** A stub has a method of any name, but its tag shows what it is. */
function kindByMethods(value: object): BindingKind | undefined {
  return METHODS.find(([, ...methods]) => methods.every((method) => method in value))?.[0];
}
