/** What a Worker's configuration says of its telemetry. */

import { warnOnce } from "./notice.ts";
import type { TelemetryShard } from "./shard.ts";

/**
 * Only TELEMETRY is needed, and OTLP_URL where the shard runs;
 * variables are texts or numbers, and one that makes no sense is said in the log and leaves the default in force.
 *
 * - TELEMETRY            the Durable Object namespace of `TelemetryShard`
 * - TELEMETRY_MODE       `batch` (default: one hand-over a window, after the answer) or `sync` (before each answer)
 * - TELEMETRY_SHARDS     on how many objects the series live (default 1; one carries 10,000 series)
 * - TELEMETRY_WINDOW_MS  how long an isolate merges before it hands over (default 1000)
 * - OTLP_URL             where to push, as `https://prometheus.example.com/api/v1/otlp/v1/metrics`
 * - OTLP_TOKEN           a secret: sent as `Authorization: Bearer …`
 * - TELEMETRY_PUSH_MS    how often what has changed is pushed (default 5000)
 * - TELEMETRY_FULL_MS    how often everything is pushed, idle or not (default 15000, as if scraped; at most 60000)
 * - TELEMETRY_SERIES     how many series one shard takes before tenants become `other` (default 10000)
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
type Settings = { readonly [Name in NumberName]?: string | number };

/** The default, the least and the most of each number. */
const NUMBERS = {
  TELEMETRY_SHARDS: [1, 1, 256],
  TELEMETRY_WINDOW_MS: [1_000, 1, 10_000],
  TELEMETRY_PUSH_MS: [5_000, 100, 60_000],
  TELEMETRY_FULL_MS: [15_000, 100, 60_000],
  TELEMETRY_SERIES: [10_000, 1, 100_000],
} as const;

export type NumberName = keyof typeof NUMBERS;

/** A whole number of the configuration; what is the matter with one that makes no sense is said once, by the service. */
export function numberOf(env: Settings, name: NumberName, service: string): number {
  const [otherwise, least, most] = NUMBERS[name];
  const number = Number(env[name] ?? otherwise);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  warnOnce(service, `${name}: ${env[name]} is no whole number from ${least} to ${most}; ${otherwise} is used until you mend it.`);
  return otherwise;
}
