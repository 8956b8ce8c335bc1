/** Series as the contract knows them: their keys, their labels' values, their numbers. */

import { LABELS, METRICS, type LabelValues, type MetricName } from "../../out/contract/contract.gen.ts";

/** Stands between the parts of a series' key: no label value of the contract can hold it. */
export const SEPARATOR = "\x1f";
/** The tenant whose series take what comes beyond a cap, and what bears a name that cannot be a tenant's. */
export const OTHER = "other" satisfies LabelValues["route"];

type LabelName = keyof LabelValues;
/** Labels before they are checked: anything may be in them, for JavaScript has no types. */
export type RawLabels = Readonly<Record<string, unknown>>;
interface Bounds {
  readonly listed?: readonly string[];
  readonly pattern?: RegExp;
  readonly fallback?: string;
}

/** A metric as the counting needs it. Its `id` changes with its kind, labels or buckets, and with it all its series. */
export interface Shape {
  readonly name: MetricName;
  readonly id: string;
  readonly kind: "counter" | "histogram" | "gauge";
  readonly labels: readonly LabelName[];
  /** What has none, as a counter, is a histogram without bounds: it tells its sum. */
  readonly buckets: readonly number[];
}

/** What one request left in a series: the value, and the request's id. */
export interface Exemplar {
  readonly value: number;
  readonly requestId: string;
}

/** What a series grew by. */
export interface Delta {
  readonly key: string;
  /** They add up: how many fell into each bucket, and how many beyond; the last is the sum of what was counted. */
  readonly numbers: readonly number[];
  /** The last one of each bucket, at its place; sparse. */
  readonly exemplars: readonly Exemplar[];
}

/** 32 bits of a text, the same in every isolate and for ever: it says which shard a series lives on. */
export function hash(text: string): number {
  let bits = 0;
  for (let place = 0; place < text.length; place++) bits = (31 * bits + text.charCodeAt(place)) >>> 0;
  return bits;
}

/** Every metric of the contract, by its name. */
export const SHAPES = Object.fromEntries(
  Object.entries(METRICS).map(([name, metric]) => {
    const id = `${name}@${hash(JSON.stringify(metric)).toString(36)}`;
    return [name, { buckets: [], ...metric, name, id }];
  }),
) as unknown as Record<MetricName, Shape>;

/** The numbers of a series that nothing was counted in. */
export function zeros({ buckets }: Shape): number[] {
  return [0, 0, ...buckets.map(() => 0)];
}

/** What the contract makes of a label's value: itself, a fallback, or undefined where it has none. Takes anything. */
export function labelValue(label: LabelName, value: unknown): string | undefined {
  const { listed, pattern, fallback }: Bounds = LABELS[label];
  const text = String(value ?? "");
  if (listed ? listed.includes(text) : pattern!.test(text)) return text;
  return label === "tenant_id" && text ? OTHER : fallback;
}

/** The key of a series whose labels have these values; where they are the contract's, it equals no key of another series. */
export function keyOf(shape: Shape, labels: RawLabels, service: string, bound: (label: LabelName, value: unknown) => string = (_, value) => String(value ?? "")): string {
  let key = shape.id;
  for (const label of shape.labels) key += SEPARATOR + bound(label, label === "service" ? service : labels[label]);
  return key;
}

/** A label's value as the contract makes it. Throws a TypeError where that has none. */
export function boundValue(label: LabelName, value: unknown): string {
  const bound = labelValue(label, value);
  if (bound === undefined) throw new TypeError(`${label}: not in the contract; give what contract.gen.ts lists`);
  return bound;
}
