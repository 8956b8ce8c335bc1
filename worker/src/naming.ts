/**
 * The tenant and route of a request, which may be known only while it is handled: what it counts is held until its answer, and then counted
 * for the tenant and route that were named.
 */

import { LABELS, type MetricName, type Service, SERVICES } from "workers-ai-observability/contract";
import { count } from "./accumulator.ts";
import type { TelemetryEnv } from "./config.ts";
import { runSafely, warnOnce } from "./diagnostics.ts";
import { scheduleFlush, type WaitUntilContext } from "./flush.ts";
import type { WriteLine } from "./log.ts";
import { createOrigin, type Origin } from "./origin.ts";
import { OTHER } from "./series.ts";

/** Beyond so many counts of a request the first are counted for the tenant that is known then. */
const MAX_HELD = 1_000;
const UNKNOWN = LABELS.tenant_id.fallback;
export const INVALID_TENANT =
  "tenant: a name is not valid, or looks like a credential or personal data; it counts as `other`; use an id that begins with a letter";
const NAMED_TWICE = "another was named before, which stays; name it once";
const NAMED_LATE = "named after the request was counted; name it before the answer";

type MutableOrigin = { -readonly [Key in keyof Origin]: Origin[Key] };
type HeldCount = readonly [metric: MetricName, value: number, extraLabels?: object];

/** Whose counts they are, and how they leave the isolate. */
export interface CountingScope {
  readonly service: Service;
  readonly origin: Origin;
  readonly env: TelemetryEnv;
  readonly executionContext: WaitUntilContext;
}

export class RequestCounts {
  readonly #scope: CountingScope;
  readonly #writeLine: WriteLine;
  readonly #origin: MutableOrigin;
  /** Undefined once they are counted. */
  #held: HeldCount[] | undefined = [];
  #isAnswered = false;
  #isRouteNamed = false;

  constructor(scope: CountingScope, writeLine: WriteLine) {
    this.#scope = scope;
    this.#origin = scope.origin;
    this.#writeLine = writeLine;
  }

  count(...entry: HeldCount): void {
    if (this.#held && this.#held.length < MAX_HELD) {
      this.#held.push(entry);
      return;
    }
    this.#release();
    this.#countNow(entry);
    this.#scheduleFlush();
  }

  /** Counts what was held; at the answer to a request whose body is still sent, only if the tenant is known. */
  settle(isOver: boolean): void {
    this.#isAnswered = true;
    if (isOver || this.#origin.tenantId !== UNKNOWN) this.#release();
  }

  /** Names the tenant, unless it is known. */
  nameTenant(tenant: unknown): void {
    const { tenantId } = createOrigin({ tenantId: tenant });
    if (tenantId === UNKNOWN) return;
    if (tenantId === OTHER && tenant !== OTHER) warnOnce(this.#scope.service, INVALID_TENANT);
    const known = this.#origin.tenantId;
    if (known === tenantId) return;
    if (known !== UNKNOWN) this.#warn("tenant", NAMED_TWICE);
    else if (!this.#held) this.#warn("tenant", NAMED_LATE);
    else this.#origin.tenantId = tenantId;
    if (this.#isAnswered) this.#release();
  }

  /** Names the route, instead of what the path says. One that is none of the service's counts as `other`. */
  nameRoute(name: unknown): void {
    const { route } = createOrigin({ route: name }, SERVICES[this.#scope.service]);
    if (this.#isRouteNamed && route !== this.#origin.route) this.#warn("route", NAMED_TWICE);
    else if (!this.#held) this.#warn("route", NAMED_LATE);
    else {
      this.#origin.route = route;
      this.#isRouteNamed = true;
    }
  }

  #warn(method: "tenant" | "route", problem: string): void {
    this.#writeLine("telemetry", { level: "warn", message: `log.${method}: ${problem}.` });
  }

  #release(): void {
    const held = this.#held;
    if (!held) return;
    this.#held = undefined;
    for (const entry of held) this.#countNow(entry);
    if (held.length > 0) this.#scheduleFlush();
  }

  #countNow([metric, value, extraLabels]: HeldCount): void {
    const { labels, tenantId, route, requestId } = this.#origin;
    count(this.#scope.service, metric, { ...labels, tenant_id: tenantId, route, ...extraLabels } as never, value, requestId);
  }

  #scheduleFlush(): void {
    const { service, env, executionContext } = this.#scope;
    runSafely(service, () => scheduleFlush(service, env, executionContext));
  }
}
