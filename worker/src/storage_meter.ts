/** Counts calls to stores that `observe` does not instrument, such as those of a module that has its own binding. */

import type { CounterName, MetricName, STORES } from "workers-ai-observability/contract";
import type { MetricLabels } from "./accumulator.ts";
import type { Meter } from "./meter.ts";
import { metricsOf } from "./store_metrics.ts";

/** A store that the platform lists, or whose bindings `observe` instruments. */
export type StoreName = keyof typeof STORES;
/** An operation on a store. */
export type StoreOperation<Store extends StoreName> = keyof (typeof STORES)[Store]["calls"] & string;

/** The metrics of a store. */
type StoreMetric<Store extends StoreName> = Extract<
  (typeof STORES)[Store]["calls"][StoreOperation<Store>] | (typeof STORES)[Store][keyof (typeof STORES)[Store]],
  MetricName
>;

/** How a call ended. */
export interface StorageCall {
  /** Whether it threw, or was not acknowledged. */
  readonly failed?: boolean;
  /** Milliseconds from the call to its end; observed where the store has a histogram. */
  readonly latencyMs?: number;
  /** How many calls these are, such as the messages of a batch; 1 by default. */
  readonly calls?: number;
  readonly requestId?: string;
}

/**
 * Counts a call to a store that has ended, and its error and latency. It never throws: an unknown store or operation is counted as
 * dropped, and logged once. Do not count calls to bindings that `observe` instruments: they are counted already.
 */
export function countStorage<Store extends StoreName>(
  meter: Meter,
  store: Store,
  operation: StoreOperation<Store>,
  labels: MetricLabels<StoreMetric<Store>>,
  { failed = false, latencyMs, calls = 1, requestId }: StorageCall = {},
): void {
  const metrics = metricsOf(store);
  const counter = metrics && Object.hasOwn(metrics.calls, operation) ? metrics.calls[operation] : undefined;
  meter.count((counter ?? `${String(store)} ${String(operation)}`) as CounterName, labels as never, calls, requestId);
  if (!metrics || !counter) return;
  if (failed) meter.count(metrics.errors, labels as never, calls, requestId);
  if (metrics.latency && latencyMs !== undefined) meter.observe(metrics.latency, labels as never, latencyMs, requestId);
}
