/** The configuration of telemetry: the bindings and variables of a Worker. */

import type { ShardRpc } from "./batch.ts";
import { warnOnce } from "./diagnostics.ts";

/**
 * Only TELEMETRY is required, and an endpoint in the Worker that hosts the shards. Variables are texts or numbers; one that is
 * not valid is logged, and its default applies.
 *
 * - TELEMETRY            the Durable Object namespace of `TelemetryShard`
 * - TELEMETRY_MODE       `batch` (default: one flush per window, after the response) or `sync` (a flush before each response:
 *                        one call to each shard, or two if another request is flushing)
 * - TELEMETRY_ORIGIN_KEY a secret, the same in all Workers of a platform, that signs the origins of requests: at least 32 random
 *                        characters; two, separated by a comma, during a rotation: the first signs, both are accepted
 * - TELEMETRY_SHARDS     how many objects store the series (default 1, at most 256; one object stores 200,000 series)
 * - TELEMETRY_WINDOW_MS  how long an isolate accumulates before it flushes (default 1000, at most 10000)
 * - OTEL_EXPORTER_OTLP_… where to export to, by the OpenTelemetry specification: see `otlp_target.ts`; of further endpoints with the
 *                        endings _2, _3 and _4
 * - TELEMETRY_COLLECTOR  a binding that reaches the collector: a service, VPC or mTLS binding
 * - TELEMETRY_PUSH_MS    how often changed series are exported (default: a third of the push interval)
 * - TELEMETRY_FULL_MS    how often all series are exported, changed or not (default: the push interval)
 * - TELEMETRY_SERIES     how many series a shard stores before new tenants become `other` (default and maximum 200000)
 *
 * The push interval is that of the platform file, `TELEMETRY.pushIntervalMs` of the contract; 100 ms to it are valid.
 *
 * Changing the number of shards loses nothing: a series that moves starts at 0 on its new shard, and the old shard continues to
 * export what it counted, under its own `instance`. Their sum stays right. Each series that moved is exported twice from then on.
 */
export interface TelemetryEnv extends IntegerVariables, OtlpVariables, CollectorBindings {
  readonly TELEMETRY?: DurableObjectNamespace<ShardRpc>;
  readonly TELEMETRY_MODE?: string;
  readonly TELEMETRY_ORIGIN_KEY?: string;
  /** Gone. */
  readonly OTLP_URL?: string;
  /** Gone. */
  readonly OTLP_TOKEN?: string;
}
/** Of the first endpoint, and of further ones. */
type Suffix = "" | "_2" | "_3" | "_4";
/** The variables of the OpenTelemetry specification; the milliseconds of a timeout may be a number. */
type OtlpVariables = {
  readonly [Name in `OTEL_EXPORTER_OTLP_${"" | "METRICS_"}${"ENDPOINT" | "HEADERS" | "COMPRESSION" | "PROTOCOL"}${Suffix}`]?: string;
} & {
  readonly [Name in `OTEL_EXPORTER_OTLP_${"" | "METRICS_"}TIMEOUT${Suffix}`]?: string | number;
};
type CollectorBindings = { readonly [Name in `TELEMETRY_COLLECTOR${Suffix}`]?: Pick<Fetcher, "fetch"> };
type IntegerName = "TELEMETRY_SHARDS" | "TELEMETRY_WINDOW_MS" | "TELEMETRY_PUSH_MS" | "TELEMETRY_FULL_MS" | "TELEMETRY_SERIES";
type IntegerVariables = { readonly [Name in IntegerName]?: string | number };

/** An integer variable; each is declared by the module that reads it. */
export interface IntegerSetting {
  readonly name: IntegerName;
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

/** Returns the value of a variable. A value that is not valid is logged once. */
export function readInteger(env: IntegerVariables, { name, fallback, min, max }: IntegerSetting, service: string): number {
  const value = Number(env[name] ?? fallback);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  warnOnce(service, `${name}: ${env[name]} is not an integer from ${min} to ${max}; the default ${fallback} is used.`);
  return fallback;
}
