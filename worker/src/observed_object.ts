/** `observeObject`: counts the alarms of a class of Durable Objects, and the rows that its objects read and write. */

import type { Service } from "workers-ai-observability/contract";
import { count } from "./accumulator.ts";
import type { TelemetryEnv } from "./config.ts";
import { logFault, runSafely } from "./diagnostics.ts";
import { scheduleFlush } from "./flush.ts";
import { createContext, createInstrumentation, type Instrumentation, labelsOf } from "./instrumentation.ts";
import { logInvocation } from "./invocations.ts";
import { type CountRows, observeStorage } from "./object_storage.ts";
import type { ObjectOptions } from "./options.ts";
import { createOrigin, type Origin } from "./origin.ts";
import { currentContext } from "./request_log.ts";

type ObjectClass = new (state: DurableObjectState, env: never) => object;
type EnvOf<Class extends ObjectClass> = ConstructorParameters<Class>[1];
type Alarm = (...args: unknown[]) => unknown;
/** What an object does without a request. */
interface ObjectScope<Env> {
  readonly instrumentation: Instrumentation<Env>;
  readonly env: Env;
  readonly state: DurableObjectState;
  /** Each time with an id of its own. */
  originOf(): Origin;
}

/**
 * Instruments a class of Durable Objects: each run of its alarm is counted and logged, and so are the rows of its storage counted. Its objects
 * stay what they are. Throws a TypeError when the Worker starts, if the contract does not have the service.
 */
export function observeObject<Name extends Service, Class extends ObjectClass>(options: ObjectOptions<EnvOf<Class>, Name>, objectClass: Class): Class {
  type Env = EnvOf<Class>;
  const { service, tenant } = options;
  const instrumentation = createInstrumentation(options) as Instrumentation<Env>;
  return new Proxy(objectClass, {
    construct(target, args: [DurableObjectState, Env], newTarget) {
      const [state, env] = args;
      const scope: ObjectScope<Env> = {
        instrumentation,
        env,
        state,
        originOf: () => createOrigin({ tenantId: runSafely(service, () => tenant?.(state, env)), labels: labelsOf(instrumentation, undefined, env) }),
      };
      runSafely(service, () => observeStorage(state.storage, rowCounter(scope)));
      const object = Reflect.construct(target, args, newTarget) as object;
      runSafely(service, () => observeAlarm(object, scope));
      return object;
    },
  });
}

/** Returns what counts rows for the request that is being handled, where the runtime knows it, else for the object's own tenant. */
function rowCounter<Env>({ instrumentation, env, state, originOf }: ObjectScope<Env>): CountRows {
  const { service } = instrumentation.options;
  let own: Origin | undefined;
  return (metric, rows) => {
    const context = currentContext();
    if (context) return context.count(metric, rows);
    const { labels, tenantId, route } = (own ??= originOf());
    count(service, metric, { ...labels, tenant_id: tenantId, route } as never, rows);
    scheduleFlush(service, env as TelemetryEnv, state);
  };
}

/** Counts and logs the runs of an object's alarm, if it has one. */
function observeAlarm<Env>(object: { alarm?: Alarm }, scope: ObjectScope<Env>): void {
  const { alarm } = object;
  if (typeof alarm !== "function") return;
  const value = async (...args: unknown[]): Promise<unknown> => {
    let outcome: Promise<unknown> | undefined;
    const run = (): Promise<unknown> => (outcome ??= (async () => alarm.apply(object, args))());
    await observeRun(run, scope).catch((error: unknown) => outcome ?? logFault(scope.instrumentation.options.service, error)).catch(() => undefined);
    return run(); // whatever fails, the alarm runs once, and its outcome counts
  };
  Object.defineProperty(object, "alarm", { value, writable: true, configurable: true });
}

/** Runs an alarm, which counts whatever becomes of it. */
async function observeRun<Env>(run: () => Promise<unknown>, { instrumentation, env, state, originOf }: ObjectScope<Env>): Promise<void> {
  const context = createContext(instrumentation, { env, executionContext: state, origin: originOf() });
  context.count("do_alarms_total");
  await logInvocation("alarm", [context], context, run);
}
