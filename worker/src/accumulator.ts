/** Accumulates what this isolate counts until the next flush. All its requests add to the same series. */

import { type LabelsOf, type LabelValues, type MetricName, type Service } from "workers-ai-observability/contract";
import type { Exemplar, SeriesDelta } from "./batch.ts";
import { warnOnce } from "./diagnostics.ts";
import { hash, METRIC_DEFINITIONS, type MetricDefinition, OTHER, type RawLabels, requireLabelValue, seriesKey, zeros } from "./series.ts";

/** The labels that a caller passes: all except the service. */
export type MetricLabels<Name extends MetricName> = Omit<LabelsOf<Name>, "service">;

/**
 * How many series an isolate accumulates, 28 MB of its 128 MB; new tenants then become `other`, and above `MAX_OTHER_SERIES` more, new
 * series are dropped.
 */
export const MAX_SERIES = 50_000;
export const MAX_OTHER_SERIES = 5_000;
/** How many series a batch has at most, some 1 MB; as many are flushed at once. */
export const MAX_BATCH_SERIES = 5_000;
const {
  telemetry_dropped_total: DROPPED,
  telemetry_overflow_total: OVERFLOW,
  telemetry_heartbeat_timestamp_seconds: HEARTBEAT,
} = METRIC_DEFINITIONS;
/** The reasons of each counter, which starts at 0. */
const REASONS = [
  [DROPPED, ["buffer_full", "refused", "invalid"]],
  [OVERFLOW, ["isolate_full", "shard_full"]],
] as const satisfies readonly (readonly [MetricDefinition, readonly LabelValues["reason"][]])[];

const FULL =
  `${MAX_SERIES} series wait for the shards: new tenants count as \`other\`; check the shards, and look for invented tenants.`;

interface AccumulatedSeries extends SeriesDelta {
  readonly numbers: number[];
  readonly exemplars: Exemplar[];
  /** Decides which shard it belongs to. */
  readonly hash: number;
}
const accumulated = new Map<string, AccumulatedSeries>();
const registeredServices = new Set<Service>();

/** Adds a service's first series, to be called before it counts. Throws a TypeError if the contract does not have the service. */
export function registerService(service: Service): void {
  if (registeredServices.has(service)) return;
  findOrCreateSeries(HEARTBEAT, {}, service);
  for (const [metric, reasons] of REASONS) for (const reason of reasons) findOrCreateSeries(metric, { reason }, service);
  registeredServices.add(service);
}

/**
 * Adds to a counter, or adds an observation, in the metric's unit, to a histogram. The request id is kept as an exemplar.
 * It never throws: what is not in the contract is counted as dropped, and logged once.
 */
export function count<Name extends MetricName>(
  service: Service,
  metric: Name,
  labels: MetricLabels<Name>,
  value: number,
  requestId?: string,
): void {
  const reason = tryCount(service, metric, labels, value, requestId);
  if (!reason) return;
  add(findOrCreateSeries(DROPPED, { reason }, service)!, DROPPED, 1);
  warnOnce(service, `${String(metric)}: ${reason}, counted as dropped; see contract.gen.ts, or the shard's log.`, { dropped: 1 });
}

/** Returns why the value was not counted; undefined if it was. */
function tryCount(
  service: Service,
  name: MetricName,
  labels: RawLabels,
  value: number,
  requestId?: string,
): LabelValues["reason"] | undefined {
  if (!Number.isFinite(value) || value < 0) return "invalid";
  try {
    const metric = METRIC_DEFINITIONS[name];
    const own = findOrCreateSeries(metric, labels, service);
    const series = own ?? findOrCreateSeries(metric, { ...labels, tenant_id: OTHER }, service);
    if (!series) return "buffer_full";
    add(series, metric, value, requestId);
    if (!own && labels["tenant_id"] !== OTHER) countOverflow(service);
    return undefined;
  } catch {
    return "invalid"; // the contract does not have the metric or a label's value, or reading the labels threw
  }
}

function countOverflow(service: Service): void {
  add(findOrCreateSeries(OVERFLOW, { reason: "isolate_full" }, service)!, OVERFLOW, 1);
  warnOnce(service, FULL);
}

/** Returns whether there is a batch's worth, so that it is to be flushed at once. */
export const hasFullBatch = (): boolean => accumulated.size >= MAX_BATCH_SERIES;

/** Removes and returns what was counted in the series of one shard, in a single synchronous step; the first ones if it is much. */
export function takeDeltas(shard: number, shards: number): SeriesDelta[] {
  const deltas: SeriesDelta[] = [];
  for (const { key, numbers, exemplars, hash } of accumulated.values()) {
    if (hash % shards !== shard) continue;
    deltas.push({ key, numbers, exemplars });
    accumulated.delete(key);
    if (deltas.length === MAX_BATCH_SERIES) break;
  }
  return deltas;
}

/** Returns undefined if there is no room for the series. Throws if the contract does not have a label's value. */
function findOrCreateSeries(metric: MetricDefinition, labels: RawLabels, service: Service): AccumulatedSeries | undefined {
  // a key of unchecked values is found only if the same values were checked before
  const known = accumulated.get(seriesKey(metric, labels, service));
  if (known) return known;
  const key = seriesKey(metric, labels, service, requireLabelValue);
  const series = accumulated.get(key);
  if (series) return series;
  const limit = labels["tenant_id"] === OTHER ? MAX_SERIES + MAX_OTHER_SERIES : MAX_SERIES;
  if (accumulated.size >= limit && metric.labels.includes("tenant_id")) return undefined;
  const created = { key, numbers: zeros(metric), exemplars: [], hash: hash(key) };
  accumulated.set(key, created);
  return created;
}

function add({ numbers, exemplars }: AccumulatedSeries, { buckets }: MetricDefinition, value: number, requestId?: string): void {
  let bucket = 0;
  while (bucket < buckets.length && value > buckets[bucket]!) bucket += 1;
  numbers[bucket]! += 1;
  numbers[numbers.length - 1]! += value;
  if (requestId) exemplars[bucket] = { value, requestId };
}
