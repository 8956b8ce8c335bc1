/** The API with which an application counts metrics of its own. */

import type { CounterName, HistogramName, Service } from "workers-ai-observability/contract";
import { count, type MetricLabels, registerService } from "./accumulator.ts";
import type { TelemetryEnv } from "./config.ts";
import { flush, scheduleFlush, type WaitUntilContext } from "./flush.ts";

/** Counts metrics of one service. All meters of an isolate add to the same series. */
export interface Meter {
  readonly service: Service;
  /** Adds to a counter. It never throws: what is not in the contract is counted as dropped, and logged once. */
  count<Name extends CounterName>(metric: Name, labels: MetricLabels<Name>, by?: number, requestId?: string): void;
  /** Adds an observation, in the metric's unit, to a histogram. Like `count`, it never throws. */
  observe<Name extends HistogramName>(metric: Name, labels: MetricLabels<Name>, value: number, requestId?: string): void;
  /** Flushes at the end of a request. In `sync` mode it returns a Promise to await before the response. */
  flush(env: TelemetryEnv, context: WaitUntilContext): Promise<void> | undefined;
  /** Schedules a flush for what is counted after the response. */
  scheduleFlush(env: TelemetryEnv, context: WaitUntilContext): void;
}

/** Returns the meter of a service. Throws a TypeError if the contract does not have the service. */
export function getMeter(service: Service): Meter {
  registerService(service);
  return {
    service,
    count: (metric, labels, by = 1, requestId) => count(service, metric, labels, by, requestId),
    observe: (metric, labels, value, requestId) => count(service, metric, labels, value, requestId),
    flush: (env, context) => flush(service, env, context),
    scheduleFlush: (env, context) => scheduleFlush(service, env, context),
  };
}
