/** Accumulates what this isolate counts until the next flush. All its requests add to the same series. */

import { LABELS, type LabelsOf, type LabelValues, type MetricName, type Service } from "workers-ai-observability/contract";
import type { Exemplar, SeriesDelta } from "./batch.ts";
import { warnOnce } from "./diagnostics.ts";
import { hash, METRIC_DEFINITIONS, type MetricDefinition, OTHER, type RawLabels, requireLabelValue, seriesKey, zeros } from "./series.ts";

/** The labels that a caller passes: all except the service. */
export type MetricLabels<Name extends MetricName> = Omit<LabelsOf<Name>, "service">;

/** How many series an isolate accumulates; new tenants then become `other`, and above twice as many, new series are dropped. */
export const MAX_SERIES = 2_000;
const { telemetry_dropped_total: DROPPED, telemetry_heartbeat_timestamp_seconds: HEARTBEAT } = METRIC_DEFINITIONS;

interface AccumulatedSeries extends SeriesDelta {
  readonly numbers: number[];
  readonly exemplars: Exemplar[];
}
const accumulated = new Map<string, AccumulatedSeries>();
const registeredServices = new Set<Service>();

/** Adds a service's first series, to be called before it counts. Throws a TypeError if the contract does not have the service. */
export function registerService(service: Service): void {
  if (registeredServices.has(service)) return;
  findOrCreateSeries(HEARTBEAT, {}, service);
  for (const reason of LABELS.reason.values) findOrCreateSeries(DROPPED, { reason }, service); // a counter of losses starts at 0
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
    const series = findOrCreateSeries(metric, labels, service);
    if (!series) return "buffer_full";
    add(series, metric, value, requestId);
    return undefined;
  } catch {
    return "invalid"; // the contract does not have the metric or a label's value, or reading the labels threw
  }
}

/** Removes and returns what was counted in the series of one shard, in a single synchronous step. */
export function takeDeltas(shard: number, shards: number): SeriesDelta[] {
  const deltas = [...accumulated.values()].filter(({ key }) => hash(key) % shards === shard);
  for (const { key } of deltas) accumulated.delete(key);
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
  const { size } = accumulated;
  if (size >= MAX_SERIES && labels["tenant_id"] !== OTHER) return findOrCreateSeries(metric, { ...labels, tenant_id: OTHER }, service);
  if (size >= 2 * MAX_SERIES && metric !== DROPPED) return undefined;
  const created = { key, numbers: zeros(metric), exemplars: [] };
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
