/** Creates the contexts of the requests of an instrumented service. */

import type { LogLine, Metadata, MetricName, Service } from "workers-ai-observability/contract";
import { registerService } from "./accumulator.ts";
import { observeEnv } from "./bindings/env.ts";
import type { TelemetryEnv } from "./config.ts";
import type { Context, ErrorAnswer, LogMetadata, RequestLog } from "./context.ts";
import { runSafely, warnOnce } from "./diagnostics.ts";
import { flush, type WaitUntilContext } from "./flush.ts";
import { createLineWriter, type LogBudget, type WriteLine } from "./log.ts";
import { type AllowedKeys, allowedKeys, requestMetadata } from "./log_line.ts";
import { tryRead } from "./log_text.ts";
import { ModelTexts } from "./model_texts.ts";
import { RequestCounts } from "./naming.ts";
import { fetchFor, patchFetch } from "./outbound_fetch.ts";
import type { DebugSetting, LabelFunction, ServiceOptions } from "./options.ts";
import type { Origin } from "./origin.ts";
import type { StreamFailure } from "./stream.ts";
import { newSpanId, TRACEPARENT_HEADER } from "./trace_context.ts";

const MAX_DEBUG_MS = 86_400_000;

/** What all requests of a service share. */
export interface Instrumentation<Env> {
  readonly options: InstrumentationOptions<Env>;
  readonly keys: AllowedKeys;
}

interface InstrumentationOptions<Env> extends ServiceOptions<Env, Service, string> {
  readonly labels?: LabelFunction<Env> | undefined;
}

/** Returns the platform's labels of a request, or of work without one; undefined if they cannot be determined. */
export function labelsOf<Env>({ options }: Instrumentation<Env>, request: Request | undefined, env: Env): unknown {
  return runSafely(options.service, () => options.labels?.(request, env));
}

/** Throws a TypeError if the contract does not have the service, or if keys of `pass` cannot be logged. */
export function createInstrumentation<Env>(options: InstrumentationOptions<Env>): Instrumentation<Env> {
  registerService(options.service);
  runSafely(options.service, patchFetch);
  return { options, keys: allowedKeys(options.pass) };
}

/** What distinguishes a request of an instrumented service from the others. */
export interface RequestScope<Env> {
  readonly env: Env;
  readonly executionContext: WaitUntilContext;
  /** Its `spanId` is that of the unit of work that caused this one. */
  readonly origin: Origin;
  /** Those that it was received with. */
  readonly headers?: Headers | undefined;
  /** The requests of one invocation share a budget. */
  readonly budget?: LogBudget;
}

export function createContext<Env, Pass extends string>(
  { options, keys }: Instrumentation<Env>,
  { env, executionContext, origin: received, headers, budget }: RequestScope<Env>,
): Context<Env, Pass> {
  const { service, debug, bindings, traceparent = true } = options;
  const origin: Origin = { ...received, spanId: newSpanId() };
  const receivedTraceparent = headers?.get(TRACEPARENT_HEADER);
  const metadata = requestMetadata(origin, { parentSpanId: received.spanId, headers, traceparent: receivedTraceparent });
  const logsRawText = runSafely(service, () => isDebugging(debug?.(env), service)) ?? false;
  const modelTexts = new ModelTexts();
  const writeLine = createLineWriter({ service, origin, keys, logsRawText, modelTexts, metadata }, budget);
  const counts = new RequestCounts({ service, origin, env: env as TelemetryEnv, executionContext }, writeLine);
  const errorAnswers: ErrorAnswer[] = [];
  let failure: StreamFailure | undefined;
  const work: RequestWork = {
    count: (metric: MetricName, value = 1, extraLabels?: object) => runSafely(service, () => counts.count(metric, value, extraLabels)),
    counts,
    fail: (error) => void (failure ??= { error }),
    fetch: (...sent: Parameters<typeof fetch>) => fetchFor(context as Context, sent),
  };
  const log = createRequestLog(origin, writeLine, work);
  const context = {
    service,
    origin,
    env,
    executionContext,
    receivedTraceparent,
    sendsTraceparent: traceparent,
    logsRawText,
    modelTexts,
    failedCalls: [],
    errorAnswers,
    writeLine,
    log,
    count: work.count,
    settle: (isOver: boolean, answer?: Response) =>
      runSafely(service, () => {
        for (const { body, end } of isOver ? errorAnswers.splice(0) : []) if (!body?.locked && body !== answer?.body) end();
        counts.settle(isOver);
      }),
    failure: () => failure,
    flush: () => runSafely(service, () => flush(service, env as TelemetryEnv, executionContext)),
  };
  context.env = observeEnv(env, context, bindings); // its bindings use the context that they are part of
  return context;
}

/** Returns whether raw texts are logged now. That they are, or that the setting is rejected, is logged once per isolate. */
function isDebugging(debug: DebugSetting | undefined, service: string): boolean {
  if (!debug) return false;
  const remainingMs = debug.until.getTime() - Date.now();
  if (!(remainingMs > 0)) return false; // over, or not a valid date
  const isRejected = remainingMs > MAX_DEBUG_MS;
  const message = isRejected
    ? "debug.until: more than 24 hours ahead; use an earlier time"
    : "raw prompts and answers are logged";
  warnOnce(service, message, { debug_until: debug.until.toISOString() });
  return !isRejected;
}

/** What the log of a request does beside writing lines. */
export interface RequestWork extends Pick<Context, "count"> {
  readonly counts: Pick<RequestCounts, "nameTenant" | "nameRoute">;
  fail(error: unknown): void;
  readonly fetch: typeof fetch;
}

export function createRequestLog(origin: Origin, writeLine: WriteLine, { count, counts, fail, fetch }: RequestWork): RequestLog<string> {
  function write(level: LogLine["level"], message: string, metadata?: LogMetadata<string>, thrown?: object): void {
    const copy = tryRead(() => ({ ...metadata })) as Metadata; // reading the application's object may throw
    writeLine("message", { level, message, ...thrown, metadata: copy });
  }
  return {
    requestId: origin.requestId,
    get tenantId() {
      return origin.tenantId; // it may be named later
    },
    labels: origin.labels as never,
    origin,
    tenant: (name) => counts.nameTenant(name),
    route: (name) => counts.nameRoute(name),
    failed: fail,
    fetch,
    info: (message, metadata) => write("info", message, metadata),
    warn: (message, metadata) => write("warn", message, metadata),
    // `undefined` is an error, too, if it was passed
    error: (message, ...passed) => write("error", message, passed[1], passed.length > 0 ? { error: passed[0] } : undefined),
    cacheHit() {
      count("rag_queries_total");
      count("rag_cache_hits_total");
      write("info", "cache hit");
    },
  };
}
