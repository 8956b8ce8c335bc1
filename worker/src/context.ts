/** What one request works with: its origin, its log, and the labels that it is counted under. Nothing here outlives it. */

import { type CounterName, type HistogramName, type MetricName, type Metadata, type Service, SERVICES } from "../../out/contract/contract.gen.ts";
import type { Waiting } from "./delivery.ts";
import { type LineLog, type LogSettings, makeLog, rawUntil } from "./log.ts";
import { type Meter, meterOf } from "./metrics.ts";
import { warnOnce } from "./notice.ts";
import { keysOf } from "./record.ts";
import type { Origin } from "./request.ts";
import type { TelemetryEnv } from "./settings.ts";
import type { Labels } from "./tally.ts";

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
export interface Setting {
  readonly service: Service;
  readonly meter: Meter;
  readonly keys: ReadonlySet<string>;
}

/** The labels of a metric that a context does not know. */
type Further<Name extends MetricName> = Omit<Labels<Name>, "tenant_id" | "route">;
type Counted<Name extends MetricName> = Record<never, never> extends Further<Name> ? [by?: number] : [by: number, further: Further<Name>];
type Seen<Name extends MetricName> = Record<never, never> extends Further<Name> ? [] : [further: Further<Name>];

/** What one request works with. */
export interface Context extends Particulars {
  readonly service: Service;
  readonly origin: Origin;
  readonly log: LineLog;
  /** Are raw prompts and answers to be gathered? */
  readonly raw: boolean;
  /** Counts for the request's tenant and route; of errors, the last request is kept as an exemplar. */
  count<Name extends CounterName>(metric: Name, ...counted: Counted<Name>): void;
  /** Adds an observation, in the metric's unit. */
  observe<Name extends HistogramName>(metric: Name, value: number, ...seen: Seen<Name>): void;
  /** Hands over what was counted, by the runtime's own bindings; a promise only in `sync`. */
  handOver(): Promise<void> | undefined;
}

/** What else a context is made of. Messages of one batch share the `budget` of its invocation. */
export interface Particulars extends Pick<LogSettings, "marks" | "until" | "budget"> {
  readonly env: unknown;
  readonly waiting: Waiting;
}

/** Throws a TypeError, if the contract does not know the service or if keys of `pass` cannot be logged. */
export function settingOf(service: Service, pass: readonly string[] = []): Setting {
  if (!Object.hasOwn(SERVICES, service)) {
    const known = Object.keys(SERVICES).join(", ");
    throw new TypeError(`observe, service: ${JSON.stringify(service)} is not in the contract; give one of ${known}`);
  }
  return { service, meter: meterOf(service), keys: keysOf(pass) };
}

export function contextOf({ service, meter, keys }: Setting, origin: Origin, particulars: Particulars): Context {
  const { requestId, tenantId: tenant_id, route } = origin;
  const { env, waiting, until = 0 } = particulars;
  const labels = { tenant_id, route };
  const named = (further?: object): never => (further ? { ...labels, ...further } : labels) as never;
  const lead = (): void => quietly({ service }, () => meter.lead(env as TelemetryEnv, waiting));
  return {
    ...particulars,
    service,
    origin,
    log: makeLog({ service, ...origin, keys, ...particulars }),
    raw: rawUntil(until) > Date.now(),
    count(metric, by = 1, further?: object) {
      meter.count(metric, named(further), by, metric.includes("errors") ? requestId : undefined);
      lead();
    },
    observe(metric, value, further?: object) {
      meter.observe(metric, named(further), value, requestId);
      lead();
    },
    handOver: () => quietly({ service }, () => meter.handOver(env as TelemetryEnv, waiting)),
  };
}

/** What the application logs with. */
export function requestLog<Pass extends string>(context: Context): RequestLog<Pass> {
  const { origin, count, log } = context;
  const cacheHit = (): void =>
    quietly(context, () => {
      count("rag_queries_total");
      count("rag_cache_hits_total");
      log.info("retrieval served from the cache");
    });
  const { info, warn, error } = log;
  return { ...origin, origin, info, warn, error, cacheHit };
}

/** Does what is ours to do. A fault in it is said once, and never reaches the application. */
export function quietly<Result>({ service }: { readonly service: Service }, work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    try {
      warnOnce(service, `observe: a part of telemetry failed and was left out (${error}); the answer is as it would be.`);
    } catch {} // where even the console fails, there is nobody to tell
    return undefined;
  }
}
