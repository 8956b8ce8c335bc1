/** Time series of the contract's metrics: their keys, label values and numbers. */

import { LABELS, METRICS, type LabelValues, type MetricName } from "workers-ai-observability/contract";
import { redactAndTruncate } from "./log_text.ts";

/** Separates the parts of a series key. No label value of the contract can contain it. */
export const SEPARATOR = "\x1f";
/** The tenant of series beyond a limit, and the value of a tenant or route that is not valid. */
export const OTHER = "other" satisfies LabelValues["route"];

type LabelName = keyof LabelValues;
/** Labels before they are checked: plain JavaScript can pass anything. */
export type RawLabels = Readonly<Record<string, unknown>>;
interface LabelBounds {
  readonly values?: readonly string[];
  readonly pattern?: RegExp;
  readonly fallback?: string;
}

/** A metric of the contract. */
export interface MetricDefinition {
  readonly name: MetricName;
  /** Changes with the metric's kind, labels or buckets, and with it the keys of all its series. */
  readonly id: string;
  readonly kind: "counter" | "histogram" | "gauge";
  readonly labels: readonly LabelName[];
  /** The upper bounds of the buckets; empty unless the metric is a histogram. */
  readonly buckets: readonly number[];
}

/** Hashes a text to 32 bits. It must never change: it decides on which shard a series is stored, and is part of its key. */
export function hash(text: string): number {
  let bits = 0;
  for (let index = 0; index < text.length; index++) bits = (31 * bits + text.charCodeAt(index)) >>> 0;
  return bits;
}

export const METRIC_DEFINITIONS = Object.fromEntries(
  Object.entries(METRICS).map(([name, metric]) => {
    const id = `${name}@${hash(JSON.stringify(metric)).toString(36)}`;
    return [name, { buckets: [], ...metric, name, id }];
  }),
) as unknown as Record<MetricName, MetricDefinition>;

/** By the ids that are in keys. */
export const DEFINITIONS_BY_ID = new Map(Object.values(METRIC_DEFINITIONS).map((metric) => [metric.id, metric]));

/** Returns the numbers of an empty series: its buckets, the bucket above the last bound, and the sum. */
export function zeros({ buckets }: MetricDefinition): number[] {
  return [0, 0, ...buckets.map(() => 0)];
}

/** Returns the number of increments or observations in a series' numbers: all of them except the sum. */
export function observationCount(numbers: readonly number[]): number {
  return numbers.slice(0, -1).reduce((sum, count) => sum + count, 0);
}

/** Returns the value if it is valid for the label, else the label's fallback, which may be undefined. */
export function labelValue(label: LabelName, value: unknown): string | undefined {
  const { values, pattern, fallback }: LabelBounds = LABELS[label];
  const text = String(value ?? "");
  if (label === "tenant_id") return text ? checkedTenant(text, pattern!) : fallback;
  return (values ? values.includes(text) : pattern!.test(text)) ? text : fallback;
}

/**
 * Returns the tenant's name, or `other` if it is not valid, or contains a credential or personal data: logs and metrics then have
 * the same name, and neither has what must not be there.
 */
function checkedTenant(name: string, pattern: RegExp): string {
  return pattern.test(name) && redactAndTruncate(name, name.length) === name ? name : OTHER;
}

/** Like `labelValue`, but throws a TypeError instead of returning undefined. */
export function requireLabelValue(label: LabelName, value: unknown): string {
  const checked = labelValue(label, value);
  if (checked === undefined) throw new TypeError(`${label}: not in the contract; use a value that contract.gen.ts lists`);
  return checked;
}

const uncheckedLabelValue = (_: LabelName, value: unknown): string => String(value ?? "");

/** Returns the key of a series. If the label values are the contract's, no other series has the same key. */
export function seriesKey(metric: MetricDefinition, labels: RawLabels, service: string, valueOf = uncheckedLabelValue): string {
  let key = metric.id;
  for (const label of metric.labels) key += SEPARATOR + valueOf(label, label === "service" ? service : labels[label]);
  return key;
}

/** Returns the metric and the label values of a key; undefined if the contract does not have the metric, or no longer has it. */
export function parseSeriesKey(key: string): { metric: MetricDefinition; labelValues: string[] } | undefined {
  const [id = "", ...labelValues] = key.split(SEPARATOR);
  const metric = DEFINITIONS_BY_ID.get(id);
  return metric?.labels.length === labelValues.length ? { metric, labelValues } : undefined;
}

/** Returns the key of the same series for the tenant `other`; the key itself if the metric has no tenant. */
export function otherTenantKey(key: string): string {
  const [id = "", ...labelValues] = key.split(SEPARATOR);
  const tenantIndex = DEFINITIONS_BY_ID.get(id)?.labels.indexOf("tenant_id") ?? -1;
  if (tenantIndex >= 0) labelValues[tenantIndex] = OTHER;
  return [id, ...labelValues].join(SEPARATOR);
}
