/** What one request works with: its origin, its log, and the labels that it is counted under. Nothing here outlives it. */

import { type LabelValues, type Metadata, type Service, SERVICES } from "../../out/contract/contract.gen.ts";
import type { Budget } from "./budget.ts";
import { type Debug, type LineLog, makeLog } from "./log.ts";
import { type Meter, meterOf } from "./metrics.ts";
import { warnOnce } from "./notice.ts";
import { passedKeys } from "./record.ts";
import type { Origin } from "./request.ts";

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
  readonly passed: ReadonlySet<string>;
}

/** What one request works with. */
export interface Context {
  readonly service: Service;
  readonly origin: Origin;
  readonly meter: Meter;
  readonly log: LineLog;
  readonly labels: Pick<LabelValues, "tenant_id" | "route">;
  /** Are raw prompts and answers to be gathered? */
  readonly raw: boolean;
}

/** What else a context is made of. Messages of one batch share the `budget` of its invocation. */
export interface Particulars {
  readonly cfRay?: string | undefined;
  readonly callerRequestId?: string | undefined;
  readonly debug?: Debug | undefined;
  readonly budget?: Budget | undefined;
}

/** Throws a TypeError, if the contract does not know the service or if keys of `pass` cannot be logged. */
export function settingOf(service: Service, pass: readonly string[] = []): Setting {
  if (!Object.hasOwn(SERVICES, service)) {
    const known = Object.keys(SERVICES).join(", ");
    throw new TypeError(`observe, service: ${JSON.stringify(service)} is not in the contract; give one of ${known}`);
  }
  return { service, meter: meterOf(service), passed: passedKeys(pass) };
}

export function contextOf({ service, meter, passed }: Setting, origin: Origin, particulars: Particulars): Context {
  const { tenantId, route } = origin;
  const log = makeLog({ service, ...origin, passed, ...particulars });
  const raw = particulars.debug !== undefined && particulars.debug.until.getTime() > Date.now();
  return { service, origin, meter, log, labels: { tenant_id: tenantId, route }, raw };
}

/** What the application logs with. */
export function requestLog<Pass extends string>({ service, origin, meter, log, labels }: Context): RequestLog<Pass> {
  const cacheHit = (): void =>
    quietly(service, () => {
      meter.count("rag_queries_total", labels);
      meter.count("rag_cache_hits_total", labels);
      log.line({ level: "info", message: "retrieval served from the cache", metadata: { step: "message" } });
    });
  const { requestId, tenantId, route } = origin;
  return { requestId, tenantId, route, origin, info: log.info, warn: log.warn, error: log.error, cacheHit };
}

/** Does what is ours to do. A fault in it is said once, and never reaches the application. */
export function quietly<Result>(service: Service, work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    complain(service, error);
    return undefined;
  }
}

function complain(service: Service, error: unknown): void {
  try {
    warnOnce(service, `observe: a part of telemetry failed and was left out (${error}); the answer is as it would be.`);
  } catch {} // where even the console fails, there is nobody to tell
}
