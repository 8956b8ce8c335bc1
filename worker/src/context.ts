/** What one request works with: its origin, its log, its bindings, and what it counts. Nothing here outlives it. */

import { type CounterName, type LogLine, type MetricName, type Metadata, type Service } from "../../out/contract/contract.gen.ts";
import { observeEnv } from "./bindings/env.ts";
import { handOver, lead, type Waiting } from "./delivery.ts";
import { isRaw } from "./debugging.ts";
import { type Budget, lineWriter, type WriteLine } from "./log.ts";
import { warnOnce } from "./notice.ts";
import type { Observation } from "./observation.ts";
import { type Keys, keysOf } from "./record.ts";
import type { Origin } from "./request.ts";
import type { TelemetryEnv } from "./settings.ts";
import { count, introduce, type Labels } from "./tally.ts";
import { readable, said } from "./words.ts";

type Scalar = string | number | boolean | null;
type Listed = { readonly [Key in keyof Metadata as string extends Key ? never : Key]: Metadata[Key] };
/** Metadata of a line: the contract's keys, and those that the service passes. Any other key does not compile. */
export type Told<Pass extends string> = Listed & { readonly [Key in Pass]?: Scalar };

/** The log of one request. Its lines bear the request's id, tenant and route. */
export interface RequestLog<Pass extends string = never> extends Origin {
  /** The three together, plain: pass it to what has no headers, as an RPC method. */
  readonly origin: Origin;
  info(message: string, metadata?: Told<Pass>): void;
  warn(message: string, metadata?: Told<Pass>): void;
  /** `error` is whatever was thrown. */
  error(message: string, error?: unknown, metadata?: Told<Pass>): void;
  /** To be called where retrieval is served from a cache: of a hit, which asks Vectorize nothing, only you know. */
  cacheHit(): void;
}

/** What all requests of a service share. */
export interface Setting<Env> {
  readonly observation: Observation<Env, Service, string>;
  readonly keys: Keys;
}

/** The labels of a metric that a context does not know. */
type Further<Name extends MetricName> = Omit<Labels<Name>, "tenant_id" | "route">;
type Counted<Name extends MetricName> =
  Record<never, never> extends Further<Name> ? [value: number] | (Name extends CounterName ? [] : never) : [value: number, further: Further<Name>];

/** What one request works with. */
export interface Context<Env = unknown, Pass extends string = never> {
  readonly service: Service;
  readonly origin: Origin;
  /** The bindings, observed. */
  readonly env: Env;
  readonly waiting: Waiting;
  /** Are raw prompts and answers to be gathered? */
  readonly raw: boolean | undefined;
  readonly line: WriteLine;
  /** What the application logs with. */
  readonly log: RequestLog<Pass>;
  /**
   * Counts for the request's tenant and route: adds to a counter, or to a histogram an observation in its unit. Of errors
   * and observations, the last request is kept as an exemplar.
   */
  count<Name extends MetricName>(metric: Name, ...counted: Counted<Name>): void;
  /** Hands over what was counted, by the runtime's own bindings; a promise only in `sync`. */
  handOver(): Promise<unknown> | undefined;
}

/** Throws a TypeError, if the contract does not know the service or if keys of `pass` cannot be logged. */
export function settingOf<Env>(observation: Observation<Env, Service, string>): Setting<Env> {
  const { service, pass } = observation;
  introduce(service);
  return { observation, keys: keysOf(pass) };
}

/** A context, with metadata of each of its lines; requests that one invocation serves share its budget. */
export function contextOf<Env, Pass extends string>(
  { observation, keys }: Setting<Env>,
  env: Env,
  waiting: Waiting,
  origin: Origin,
  marks?: Metadata,
  budget?: Budget,
): Context<Env, Pass> {
  const { service, debug, bindings } = observation;
  const raw = debug && quietly(observation, () => isRaw(debug(env), service));
  const line = lineWriter({ service, origin, keys, raw, marks }, budget);
  const counting = countingOf(service, origin, env as TelemetryEnv, waiting);
  const context = { ...counting, service, origin, env, waiting, raw, line, log: requestLog(origin, line, counting) };
  context.env = observeEnv(env, context, bindings);
  return context;
}

function countingOf(
  service: Service,
  { requestId, tenantId, route }: Origin,
  env: TelemetryEnv,
  waiting: Waiting,
): Pick<Context, "count" | "handOver"> {
  const quietlyBy = (way: typeof lead | typeof handOver) => quietly({ service }, () => way(service, env, waiting));
  return {
    count(metric, value = 1, further?: object) {
      count(service, metric, { tenant_id: tenantId, route, ...further } as never, value, requestId);
      quietlyBy(lead);
    },
    handOver: () => quietlyBy(handOver) as Promise<unknown> | undefined,
  };
}

export function requestLog(origin: Origin, line: WriteLine, { count }: Pick<Context, "count">): RequestLog<string> {
  const tell = (level: LogLine["level"]) => (message: string, given?: Told<string>, error?: unknown) =>
    line("message", { level, message, error, metadata: readable(() => ({ ...given })) as Metadata });
  const info = tell("info");
  return {
    ...origin,
    origin,
    info,
    warn: tell("warn"),
    error: (message, error, metadata) => tell("error")(message, metadata, error),
    cacheHit() {
      count("rag_queries_total");
      count("rag_cache_hits_total");
      info("cache hit");
    },
  };
}

/** Does what is ours to do. A fault in it is said once, and never reaches the application. */
export function quietly<Result>({ service }: { readonly service: string }, work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    warnOnce(service, `telemetry: ${said(error)}; the answer is untouched.`);
    return undefined;
  }
}
