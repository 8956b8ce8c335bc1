/** What this isolate has counted and not yet handed over: many requests merge into it, and it knows of none in particular. */

import { LABELS, type LabelsOf, type LabelValues, type MetricName, type Service } from "../../out/contract/contract.gen.ts";
import { warnOnce } from "./notice.ts";
import { boundValue, type Delta, type Exemplar, hash, keyOf, OTHER, type RawLabels, SHAPES, type Shape, zeros } from "./series.ts";

/** The labels that a caller gives, beside the service: all others. */
export type Labels<Name extends MetricName> = Omit<LabelsOf<Name>, "service">;

/** Series that an isolate holds until it hands over; beyond, tenants become `other`; beyond twice that, none is new. */
export const SERIES = 2_000;
const DROPPED = SHAPES.telemetry_dropped_total;
const CURE = "see contract.gen.ts, or the shard's log";

interface Growth extends Delta {
  readonly numbers: number[];
  readonly exemplars: Exemplar[];
}
const grown = new Map<string, Growth>();
const introduced = new Set<Service>();

/** To be called before a service counts: its shards hear of it. Throws a TypeError where the contract has no such service. */
export function introduce(service: Service): void {
  if (introduced.has(service)) return;
  growthOf(SHAPES.telemetry_heartbeat_timestamp_seconds, {}, service);
  for (const reason of LABELS.reason.listed) growthOf(DROPPED, { reason }, service); // 0 is told, not left out
  introduced.add(service);
}

/**
 * Adds to a counter, or an observation in the metric's unit to a histogram. A request's id is kept as an exemplar.
 * It never throws: what the contract does not know is counted as dropped, and said once.
 */
export function count<Name extends MetricName>(service: Service, metric: Name, labels: Labels<Name>, value: number, requestId?: string): void {
  let reason: LabelValues["reason"] = "invalid";
  try {
    if (Number.isFinite(value) && value >= 0) {
      const growth = growthOf(SHAPES[metric], labels, service);
      if (growth) return add(growth, SHAPES[metric], value, requestId);
      reason = "buffer_full";
    }
  } catch {} // what throws when it is read is nothing that the contract has
  add(growthOf(DROPPED, { reason }, service)!, DROPPED, 1);
  warnOnce(service, `${String(metric)}: ${reason}, counted as dropped; ${CURE}.`, { dropped: 1 });
}

/** Takes out what was counted in the series that live on one shard, of so many, in one synchronous step. */
export function take(shard: number, shards: number): Delta[] {
  const taken = [...grown.values()].filter(({ key }) => hash(key) % shards === shard);
  for (const { key } of taken) grown.delete(key);
  return taken;
}

/** Undefined where there is no more room; throws where a label is not the contract's. */
function growthOf(shape: Shape, labels: RawLabels, service: Service): Growth | undefined {
  const known = grown.get(keyOf(shape, labels, service)); // what is there was bound
  if (known) return known;
  const key = keyOf(shape, labels, service, boundValue);
  let growth = grown.get(key);
  if (growth) return growth;
  const { size } = grown;
  if (size >= SERIES && labels["tenant_id"] !== OTHER) return growthOf(shape, { ...labels, tenant_id: OTHER }, service);
  if (size >= 2 * SERIES && shape !== DROPPED) return undefined;
  growth = { key, numbers: zeros(shape), exemplars: [] };
  grown.set(key, growth);
  return growth;
}

function add({ numbers, exemplars }: Growth, { buckets }: Shape, value: number, requestId?: string): void {
  let place = 0;
  while (value > buckets[place]!) place++; // beyond the last there is none, and nothing is greater than that
  numbers[place]!++;
  numbers[numbers.length - 1]! += value;
  if (requestId) exemplars[place] = { value, requestId };
}
