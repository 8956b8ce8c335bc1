/** What a shard decides about a batch: which series there is room for, and what is counted as `other` or rejected. */

import type { MetricsBatch } from "./batch.ts";
import { METRIC_DEFINITIONS, observationCount, otherTenantKey, parseSeriesKey, seriesKey } from "./series.ts";
import type { SeriesTable } from "./series_table.ts";
import type { LoggedDelta } from "./shard_storage.ts";

/** What is added for a batch. */
export interface Decision {
  readonly deltas: readonly LoggedDelta[];
  /** How many increments and observations were rejected; they are counted as dropped. */
  readonly rejected: number;
  /** How many were counted for the tenant `other`, because there was no room for theirs. */
  readonly overflowed: number;
}

const { telemetry_dropped_total: DROPPED, telemetry_overflow_total: OVERFLOW } = METRIC_DEFINITIONS;
/** How many series of the tenant `other` have room beyond the limit, unless the limit is lower. */
const MAX_OTHER_SERIES = 10_000;

/** Decides without changing the table, because that may change only when the decision is in storage. */
export function decideBatch(batch: MetricsBatch, table: SeriesTable, maxSeries: number, isTooOld: boolean): Decision {
  const deltas: LoggedDelta[] = [];
  const created = new Set<string>();
  const hasRoom = (key: string, limit: number): boolean => {
    if (table.find(key) !== undefined || created.has(key)) return true;
    const metric = parseSeriesKey(key)?.metric;
    if (!metric || (table.size + created.size >= limit && metric.labels.includes("tenant_id"))) return false;
    created.add(key);
    return true;
  };
  let [rejected, overflowed] = [0, 0];
  for (const { key, numbers } of batch.deltas) {
    const otherKey = otherTenantKey(key);
    if (isTooOld) rejected += observationCount(numbers);
    else if (hasRoom(key, maxSeries)) deltas.push([key, numbers]);
    else if (hasRoom(otherKey, maxSeries + Math.min(maxSeries, MAX_OTHER_SERIES))) {
      deltas.push([otherKey, numbers]);
      overflowed += observationCount(numbers);
    } else rejected += observationCount(numbers);
  }
  if (overflowed > 0) deltas.push([seriesKey(OVERFLOW, { reason: "shard_full" }, batch.service), [overflowed, overflowed]]);
  if (rejected > 0) deltas.push([seriesKey(DROPPED, { reason: "refused" }, batch.service), [rejected, rejected]]);
  return { deltas, rejected, overflowed };
}
