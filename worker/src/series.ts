/** Series as the contract knows them: their keys, their labels' values, their numbers. */

import { LABELS, METRICS, type LabelValues, type MetricName } from "../../out/contract/contract.gen.ts";

/** Stands between the parts of a series' key: no label value of the contract can hold it. */
export const SEPARATOR = "\x1f";
/** The tenant whose series take what comes beyond a cap, and what bears a name that cannot be a tenant's. */
export const OTHER = "other" satisfies LabelValues["route"];
const LONE_SURROGATE = /\p{Cs}/u; // UTF-8 would make one text of all that differ in it

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
  readonly buckets: readonly number[];
  /** How many numbers a series has: a counter its total; a histogram each bucket's count, what is beyond, the sum. */
  readonly size: number;
}

/** What one request left in a series: the place among its numbers, the value, and the request's id. */
export interface Exemplar {
  readonly place: number;
  readonly value: number;
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What a series grew by: numbers that add up, and how many increments or observations are in them. */
export interface Delta {
  readonly key: string;
  readonly numbers: readonly number[];
  readonly made: number;
  readonly exemplars: readonly Exemplar[];
}

/** 32 bits of a text (FNV-1a), the same in every isolate and for ever: it says which shard a series lives on. */
export function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let place = 0; place < text.length; place++) bits = Math.imul(bits ^ text.charCodeAt(place), 0x01000193);
  return bits >>> 0;
}

function shape(name: MetricName): Shape {
  const { kind, labels, ...rest } = METRICS[name];
  const buckets: readonly number[] = "buckets" in rest ? rest.buckets : [];
  const id = `${name}@${hash(JSON.stringify([kind, labels, buckets])).toString(36)}`;
  const size = { counter: 1, histogram: buckets.length + 2, gauge: 0 }[kind];
  return { name, id, kind, labels, buckets, size };
}

/** Every metric of the contract, by its name. */
export const SHAPES = Object.fromEntries(
  Object.keys(METRICS).map((name) => [name, shape(name as MetricName)]),
) as Record<MetricName, Shape>;

/** What the contract makes of a label's value: itself, a fallback, or undefined where it has none. Takes anything. */
export function labelValue(label: LabelName, value: unknown): string | undefined {
  const { listed, pattern, fallback }: Bounds = LABELS[label];
  const text = String(value ?? "");
  if (listed ? listed.includes(text) : pattern!.test(text) && !LONE_SURROGATE.test(text)) return text;
  return label === "tenant_id" && text ? OTHER : fallback;
}

/** The key of a series whose label values are taken as they are; equal to no key of another series. */
export function keyOf(shape: Shape, labels: RawLabels, service: string): string {
  let key = shape.id;
  for (const label of shape.labels) key += SEPARATOR + (label === "service" ? service : (labels[label] ?? ""));
  return key;
}

/** The key of a series whose label values obey the contract. Throws where one cannot. */
export function checkedKey(shape: Shape, labels: RawLabels, service: string): string {
  const values = shape.labels.map((label) => labelValue(label, label === "service" ? service : labels[label]));
  if (values.includes(undefined)) throw new TypeError("a label that the contract does not have");
  return [shape.id, ...values].join(SEPARATOR);
}
