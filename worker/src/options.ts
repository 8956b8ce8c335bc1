/** The options and handlers of an observed Worker. */

import type { PlatformLabel, Service } from "workers-ai-observability/contract";
import type { BindingKinds } from "./bindings/env.ts";
import type { RequestLog } from "./context.ts";
import type { WaitUntilContext } from "./flush.ts";
import type { Origin, RouteOf } from "./origin.ts";

/** Raw prompts and answers are logged until this time, which may be 24 hours ahead at most. */
export interface DebugSetting {
  readonly until: Date;
}

/** The options of a service, the same for all handlers and objects that run in it. */
export interface ServiceOptions<Env, Name extends Service, Pass extends string> {
  /** The service's name in the contract. */
  readonly service: Name;
  /** Metadata keys to log beside the contract's; none may be the name of a secret. */
  readonly pass?: readonly Pass[];
  /** Until when raw prompts and answers are logged. Without it they are never logged. */
  readonly debug?: (env: Env) => DebugSetting | undefined;
  /** The kinds of bindings by name, where the runtime's class does not show the kind, and the services that bindings reach; a `plain` binding is not observed. */
  readonly bindings?: BindingKinds<Env>;
  /** `false`: requests that leave the platform do not have a `traceparent`, which names the trace and the call. */
  readonly traceparent?: boolean;
}

/** The options of `observe`: a Worker's own handlers, each with a log as its last argument, and how to identify requests. */
export type ObserveOptions<Env, Name extends Service, Pass extends string, Body> = HandlerOptions<Env, Name, Pass, Body> &
  LabelOptions<Env>;

/** Values before they are checked: one that is missing, or that the platform does not list, counts as `other`. */
export type PlatformLabelValues = { readonly [Label in PlatformLabel]: string | null | undefined };

/**
 * Returns the labels that the platform adds to its metrics. Work that no request started, such as a schedule, has no request.
 * If it throws, all count as `other`.
 */
export type LabelFunction<Env> = (request: Request | undefined, env: Env) => PlatformLabelValues;

/** The option `labels`, which is required where the platform adds labels to its metrics, and does not exist elsewhere. */
type LabelOptions<Env> = [PlatformLabel] extends [never] ? { readonly labels?: undefined } : { readonly labels: LabelFunction<Env> };

export interface HandlerOptions<Env, Name extends Service, Pass extends string, Body> extends ServiceOptions<Env, Name, Pass> {
  /**
   * Returns the tenant that sent a request. If it throws, or returns nothing, the tenant is that of the origin that the request was
   * sent with, if it is believed, else `unknown`.
   */
  readonly tenant?: (request: Request, env: Env) => TenantName | Promise<TenantName>;
  /** Returns the route of a request. Default: the path, if the contract lists it for the service; else `other`. */
  readonly route?: (request: Request) => RouteOf<Name>;
  readonly fetch?: (
    request: Request<unknown, IncomingRequestCfProperties>,
    env: Env,
    ctx: ExecutionContext,
    log: RequestLog<Pass>,
  ) => Response | Promise<Response>;
  readonly queue?: (
    batch: ObservedMessageBatch<Body, Env, Pass>,
    env: Env,
    ctx: ExecutionContext,
    log: RequestLog<Pass>,
  ) => void | Promise<void>;
  readonly scheduled?: (controller: ScheduledController, env: Env, ctx: ExecutionContext, log: RequestLog<Pass>) => void | Promise<void>;
}

export type TenantName = string | null | undefined;

/** The options of `withRequest`. */
export interface WithRequestOptions<Env, Name extends Service, Pass extends string> extends ServiceOptions<Env, Name, Pass> {
  /** The request passed to a Durable Object's `fetch`, or the origin passed to an RPC method. Default: a new origin. */
  readonly request?: Request | Origin | undefined;
  readonly env: Env;
  readonly ctx: WaitUntilContext;
}

/** The options of `observeObject`. */
export type ObjectOptions<Env, Name extends Service> = Pick<ServiceOptions<Env, Name, never>, "service"> &
  LabelOptions<Env> & {
    /** Returns the tenant that an object belongs to: what it does is counted for it where the runtime does not know the request. */
    readonly tenant?: (state: DurableObjectState, env: Env) => TenantName;
  };

/** A message of a queue. A batch can have messages of several tenants: use each message's own `env` and `log`. */
export interface ObservedMessage<Body, Env, Pass extends string = never> extends Message<Body> {
  readonly env: Env;
  readonly log: RequestLog<Pass>;
}

export interface ObservedMessageBatch<Body, Env, Pass extends string = never> extends MessageBatch<Body> {
  readonly messages: readonly ObservedMessage<Body, Env, Pass>[];
}

/** The observed handlers, for `export default`; those that the options have. */
export interface WorkerHandlers<Env> {
  fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response>;
  queue(batch: MessageBatch, env: Env, ctx: ExecutionContext): Promise<void>;
  scheduled(controller: ScheduledController, env: Env, ctx: ExecutionContext): Promise<void>;
}
