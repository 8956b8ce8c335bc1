/** The metrics of the stores that the platform lists. */

import { type CounterName, type HistogramName, STORES } from "workers-ai-observability/contract";

export interface StoreMetrics {
  /** The counter of calls, by operation. */
  readonly calls: Readonly<Record<string, CounterName>>;
  readonly errors: CounterName;
  readonly latency?: HistogramName;
}

/** Returns the metrics of a store; undefined if the platform does not list it. */
export function metricsOf(store: string): StoreMetrics | undefined {
  return Object.hasOwn(STORES, store) ? (STORES as Readonly<Record<string, StoreMetrics>>)[store] : undefined;
}
