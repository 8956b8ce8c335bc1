/** What an application counts with. */

import type { CounterName, HistogramName, Service } from "../../out/contract/contract.gen.ts";
import { handOver, lead, type Waiting } from "./delivery.ts";
import type { TelemetryEnv } from "./settings.ts";
import { count, introduce, type Labels } from "./tally.ts";

/** What a Worker counts with, and hands over: all of an isolate's count into one. */
export interface Meter {
  readonly service: Service;
  /** Adds to a counter. It never throws: what the contract does not know is counted as dropped, and said once. */
  count<Name extends CounterName>(metric: Name, labels: Labels<Name>, by?: number, requestId?: string): void;
  /** Adds an observation, in the metric's unit, to a histogram. Like `count`, it does not throw. */
  observe<Name extends HistogramName>(metric: Name, labels: Labels<Name>, value: number, requestId?: string): void;
  handOver(env: TelemetryEnv, context: Waiting): Promise<void> | undefined;
  lead(env: TelemetryEnv, context: Waiting): void;
}

/** A meter of a service. Throws a TypeError where the contract has no such service. */
export function meterOf(service: Service): Meter {
  introduce(service);
  return {
    service,
    count: (metric, labels, by = 1, requestId) => count(service, metric, labels, by, requestId),
    observe: (metric, labels, value, requestId) => count(service, metric, labels, value, requestId),
    handOver: (env, context) => handOver(service, env, context) as Promise<void> | undefined,
    lead: (env, context) => lead(service, env, context),
  };
}
