/** What a Worker counts with. */

import type { Service } from "../../out/contract/contract.gen.ts";
import { Delivery, type Waiting } from "./delivery.ts";
import { warnOnce } from "./notice.ts";
import type { TelemetryEnv } from "./settings.ts";
import { SERIES, Tally, type Reason } from "./tally.ts";

const CURES: Record<Exclude<Reason, "refused">, string> = {
  invalid: "its labels, its value or its kind are not the contract's; give what contract.gen.ts lists",
  buffer_full: `an isolate holds ${2 * SERIES} series and its shards take none; look at the Durable Object's log`,
};

/** What a Worker counts with: one for each service in an isolate, shared by all its requests. */
export class Meter extends Tally {
  readonly #delivery = new Delivery(this);

  constructor(service: string) {
    super(service, (reason, about) => {
      const cure = CURES[reason as keyof typeof CURES];
      warnOnce(service, `${about}: not counted, but in telemetry_dropped_total: ${cure}.`, { dropped: 1 });
    });
  }

  /**
   * Hands over what was counted, exactly once. To be called at the end of each request, with the Worker's own `env`.
   * `batch`: returns at once; the first request of each window works for all, after its answer, by `context.waitUntil`.
   * `sync`: returns a promise to await before the answer; it never rejects, and waits for a second at the most.
   */
  handOver(env: TelemetryEnv, context: Waiting): Promise<void> | undefined {
    return this.#delivery.handOver(env, context);
  }

  /** To be called with each count: work goes on after answers, and no `handOver` may follow it. */
  lead(env: TelemetryEnv, context: Waiting): void {
    if (env.TELEMETRY) this.#delivery.lead(env, context);
  }
}

const METERS = new Map<string, Meter>();

/** The isolate's meter of a service. */
export function meterOf(service: Service): Meter {
  let meter = METERS.get(service);
  if (!meter) METERS.set(service, (meter = new Meter(service)));
  return meter;
}
