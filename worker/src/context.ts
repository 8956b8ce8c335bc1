/** The context of a request: its log, its bindings and its counting. Nothing in it outlives the request. */

import type { CounterName, Metadata, MetricName, PlatformLabel, Service } from "workers-ai-observability/contract";
import type { MetricLabels } from "./accumulator.ts";
import type { FailedCall } from "./bindings/retries.ts";
import type { WaitUntilContext } from "./flush.ts";
import type { WriteLine } from "./log.ts";
import type { ModelTexts } from "./model_texts.ts";
import type { Origin, Route } from "./origin.ts";
import type { StreamFailure } from "./stream.ts";

type Scalar = string | number | boolean | null;
type ContractMetadata = { readonly [Key in keyof Metadata as string extends Key ? never : Key]: Metadata[Key] };
/** Metadata of a line: the contract's keys, and those that the service passes. Any other key does not compile. */
export type LogMetadata<Pass extends string> = ContractMetadata & { readonly [Key in Pass]?: Scalar };

/** The log of one request. Its lines have the request's id, tenant and route. */
export interface RequestLog<Pass extends string = never> extends Omit<Origin, "route" | "spanId"> {
  /** The id, tenant and route as plain values, for calls without headers, such as those of RPC methods. */
  readonly origin: Origin;
  /** Names the tenant, if it was not known: all that the request counts is counted for it, also what it called before. */
  tenant(name: string): void;
  /** Names the route, as the contract lists it, instead of what the path says. */
  route(name: Route): void;
  /** Reports an exception that a framework has caught: the request counts as an error, and its answer's line has the exception. */
  failed(error: unknown): void;
  /** Calls `fetch`, and logs the call. Where `nodejs_compat` is on, the global `fetch` does, too. */
  readonly fetch: typeof fetch;
  info(message: string, metadata?: LogMetadata<Pass>): void;
  warn(message: string, metadata?: LogMetadata<Pass>): void;
  /** `error` is whatever was thrown. */
  error(message: string, error?: unknown, metadata?: LogMetadata<Pass>): void;
  /** Call it when retrieval is served from a cache: a hit sends no query to Vectorize, so the library cannot observe it. */
  cacheHit(): void;
}

/** The labels of a metric that a context does not have. */
type ExtraLabels<Name extends MetricName> = Omit<MetricLabels<Name>, "tenant_id" | "route" | PlatformLabel>;
type CountArguments<Name extends MetricName> =
  Record<never, never> extends ExtraLabels<Name>
    ? [value: number] | (Name extends CounterName ? [] : never)
    : [value: number, extraLabels: ExtraLabels<Name>];

/** The answer to a call with an error status: `end` ends the call without its body. */
export interface ErrorAnswer {
  readonly body: ReadableStream | null;
  end(): void;
}

export interface Context<Env = unknown, Pass extends string = never> {
  readonly service: Service;
  readonly origin: Origin;
  /** The instrumented bindings. */
  readonly env: Env;
  readonly executionContext: WaitUntilContext;
  /** The `traceparent` of the request, whoever sent it. */
  readonly receivedTraceparent?: string | null | undefined;
  /** Whether requests that leave the platform have a `traceparent`. */
  readonly sendsTraceparent?: boolean;
  /** Whether raw prompts and answers are logged. */
  readonly logsRawText: boolean;
  /** What it sends to models and gets from them: no line has it while raw texts are not logged. */
  readonly modelTexts?: ModelTexts;
  /** The calls of models that failed. */
  readonly failedCalls?: FailedCall[];
  /** The answers of models that report an error, which nobody has to read. */
  readonly errorAnswers?: ErrorAnswer[];
  readonly writeLine: WriteLine;
  /** The application's log. */
  readonly log: RequestLog<Pass>;
  /**
   * Counts for the request's tenant, route and labels of the platform: adds to a counter, or adds an observation, in its unit, to
   * a histogram. The last request of each series is kept as an exemplar.
   */
  count<Name extends MetricName>(metric: Name, ...args: CountArguments<Name>): void;
  /**
   * Counts what was held until the answer; while its body is sent, only if the tenant is known. When the request is over, the calls
   * end whose error nobody has read, but that of the answer itself.
   */
  settle(isOver: boolean, answer?: Response): void;
  /** Returns what `log.failed` was called with. */
  failure(): StreamFailure | undefined;
  /** Flushes what was counted, by the Worker's own bindings. Returns a Promise only in `sync` mode. */
  flush(): Promise<unknown> | undefined;
}
