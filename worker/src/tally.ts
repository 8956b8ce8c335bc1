/** What an isolate counts, merged. */

import type { CounterName, HistogramName, LabelsOf, LabelValues, MetricName } from "../../out/contract/contract.gen.ts";
import { LABELS } from "../../out/contract/contract.gen.ts";
import { checkedKey, keyOf, OTHER, SHAPES, type Delta, type Exemplar, type RawLabels, type Shape } from "./series.ts";

/** The labels that a caller gives: all but the service, which the meter knows. */
export type Labels<Name extends MetricName> = Omit<LabelsOf<Name>, "service">;
export type Reason = LabelValues["reason"];

/** Series that an isolate holds until it hands over; beyond, tenants become `other`; beyond twice that, none is new. */
export const SERIES = 2_000;
const DROPPED = SHAPES.telemetry_dropped_total;

interface Growth {
  readonly numbers: number[];
  made: number;
  readonly exemplars: Exemplar[];
}

/** What an isolate has counted and not yet handed over. Many requests merge into it; it knows of none in particular. */
export class Tally {
  readonly service: string;
  readonly #lost: (reason: Reason, about: string) => void;
  readonly #grown = new Map<string, Growth>();

  /** `lost` hears of everything that was not counted, once for each time. */
  constructor(service: string, lost: (reason: Reason, about: string) => void) {
    this.service = service;
    this.#lost = lost;
    this.#growth(SHAPES.telemetry_heartbeat_timestamp_seconds, {}); // so that its shard has heard of the service
    for (const reason of LABELS.reason.listed) this.#growth(DROPPED, { reason }); // 0 is told, not left out
  }

  /** Adds to a counter. It never throws: what the contract does not know is counted as dropped. */
  count<Name extends CounterName>(metric: Name, labels: Labels<Name>, by = 1, requestId?: string): void {
    this.#merge("counter", metric, labels, by, requestId);
  }

  /** Adds an observation, in the metric's unit, to a histogram. Like `count`, it does not throw. */
  observe<Name extends HistogramName>(metric: Name, labels: Labels<Name>, value: number, requestId?: string): void {
    this.#merge("histogram", metric, labels, value, requestId);
  }

  /** Takes out what was counted in the series that `wanted` names, in one synchronous step. */
  take(wanted: (key: string) => boolean): Delta[] {
    const taken: Delta[] = [];
    for (const [key, { numbers, made, exemplars }] of this.#grown) {
      if (!wanted(key)) continue;
      this.#grown.delete(key);
      taken.push({ key, numbers, made, exemplars: exemplars.filter(Boolean) });
    }
    return taken;
  }

  #merge(kind: Shape["kind"], metric: MetricName, labels: RawLabels, value: number, requestId?: string): void {
    let reason: Reason = "invalid";
    try {
      const shape = SHAPES[metric];
      if (shape?.kind === kind && Number.isFinite(value) && value >= 0) {
        const growth = this.#growth(shape, labels);
        if (growth) return add(shape, growth, value, requestId);
        reason = "buffer_full";
      }
    } catch {} // a label that throws when it is read is one that the contract does not have
    add(DROPPED, this.#growth(DROPPED, { reason })!, 1);
    this.#lost(reason, String(metric));
  }

  /** Undefined where there is no more room; throws where a label is not the contract's. */
  #growth(shape: Shape, labels: RawLabels): Growth | undefined {
    const known = this.#grown.get(keyOf(shape, labels, this.service)); // what is in the map was checked
    if (known) return known;
    const key = checkedKey(shape, labels, this.service);
    let growth = this.#grown.get(key);
    if (growth) return growth;
    const { size } = this.#grown;
    if (size >= SERIES && labels["tenant_id"] !== OTHER) return this.#growth(shape, { ...labels, tenant_id: OTHER });
    if (size >= 2 * SERIES && shape !== DROPPED) return undefined;
    growth = { numbers: new Array<number>(shape.size).fill(0), made: 0, exemplars: [] };
    this.#grown.set(key, growth);
    return growth;
  }
}

function add({ buckets }: Shape, growth: Growth, value: number, requestId?: string): void {
  const { numbers, exemplars } = growth;
  const place = placeOf(value, buckets);
  numbers[place]! += buckets.length ? 1 : value;
  if (buckets.length) numbers[numbers.length - 1]! += value;
  growth.made++;
  if (requestId !== undefined) exemplars[place] = { place, value, requestId, at: Date.now() };
}

/** The first bucket that holds the value; the place after the last where none does, and 0 for what has no buckets. */
function placeOf(value: number, buckets: readonly number[]): number {
  let place = 0;
  while (place < buckets.length && value > buckets[place]!) place++;
  return place;
}
