/** What a Worker's configuration says of its telemetry. */

import { warnOnce } from "./notice.ts";
import type { TelemetryShard } from "./shard.ts";

/**
 * Only TELEMETRY is needed, and OTLP_URL where the shard runs;
 * variables are texts or numbers, and one that makes no sense is said in the log and leaves the default in force.
 *
 * - TELEMETRY            the Durable Object namespace of `TelemetryShard`
 * - TELEMETRY_MODE       `batch` (default: one hand-over a window, after the answer) or `sync` (before each answer)
 * - TELEMETRY_SHARDS     on how many objects the series live (default 1, at most 256; one carries 10,000 series)
 * - TELEMETRY_WINDOW_MS  how long an isolate merges before it hands over (default 1000, at most 10000)
 * - OTLP_URL             where to push, as `https://prometheus.example.com/api/v1/otlp/v1/metrics`
 * - OTLP_TOKEN           a secret: sent as `Authorization: Bearer …`
 * - TELEMETRY_PUSH_MS    how often what has changed is pushed (default 5000, 100 to 60000)
 * - TELEMETRY_FULL_MS    how often everything is pushed, idle or not (default 15000, as if scraped; 100 to 60000)
 * - TELEMETRY_SERIES     how many series one shard takes before tenants become `other` (default 10000, at most 100000)
 *
 * More or fewer shards lose nothing: a series that moves begins at 0 on its new shard, and the old one goes on telling
 * what it counted, under its own `instance`; their sum stays right. Each series that moved is told twice from then on.
 */
export interface TelemetryEnv extends Settings {
  readonly TELEMETRY?: DurableObjectNamespace<TelemetryShard>;
  readonly TELEMETRY_MODE?: string;
  readonly OTLP_URL?: string;
  readonly OTLP_TOKEN?: string;
}
type NumberName = "TELEMETRY_SHARDS" | "TELEMETRY_WINDOW_MS" | "TELEMETRY_PUSH_MS" | "TELEMETRY_FULL_MS" | "TELEMETRY_SERIES";
type Settings = { readonly [Name in NumberName]?: string | number };

/** A whole number of the configuration, as the side that reads it knows it: its name, its default, the least and the most. */
export type Setting = readonly [name: NumberName, otherwise: number, least: number, most: number];

/** What the configuration says; what is the matter with a number that makes no sense is said once, by the service. */
export function numberOf(env: Settings, [name, otherwise, least, most]: Setting, service: string): number {
  const number = Number(env[name] ?? otherwise);
  if (number >= least && number <= most && number % 1 === 0) return number;
  warnOnce(service, `${name}: ${env[name]} is no whole number from ${least} to ${most}; ${otherwise} is used.`);
  return otherwise;
}
