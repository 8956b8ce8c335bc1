/** How a service is observed: what an application says of itself, and what its handlers get. */

import type { Service } from "../../out/contract/contract.gen.ts";
import type { Kinds } from "./bindings/env.ts";
import type { RequestLog } from "./context.ts";
import type { Debug } from "./debugging.ts";
import type { Batch } from "./messages.ts";
import type { RouteOf } from "./request.ts";

export type Names = string | null | undefined;

/** How a service is observed; the same for all that runs in it. */
export interface Observation<Env, Name extends Service, Pass extends string> {
  /** The service's name in the contract. */
  readonly service: Name;
  /** Keys of metadata to log beside the contract's; none may name a secret. */
  readonly pass?: readonly Pass[];
  /** Until when raw prompts and answers are logged, at most 24 hours ahead; nothing switches it on but this. */
  readonly debug?: (env: Env) => Debug | undefined;
  /** What bindings are, by their names, where the runtime does not tell; `plain` leaves one alone. */
  readonly bindings?: Kinds<Env>;
}

/** A Worker's own handlers, each with a log as its last argument, and what is to be known of its requests. */
export interface Observed<Env, Name extends Service, Pass extends string, Body> extends Observation<Env, Name, Pass> {
  /** Who can reach it: with `bindings`, nobody else can, and an incoming request id is trusted. Default: `outside`. */
  readonly from?: "outside" | "bindings";
  /** The tenant that sends a request; one that throws, or names none, counts as `unknown`. */
  readonly tenant?: (request: Request, env: Env) => Names | Promise<Names>;
  /** The route that is asked for. Default: the path, if the contract lists it for the service; else `other`. */
  readonly route?: (request: Request) => RouteOf<Name>;
  readonly fetch?: (
    request: Request<unknown, IncomingRequestCfProperties>,
    env: Env,
    ctx: ExecutionContext,
    log: RequestLog<Pass>,
  ) => Response | Promise<Response>;
  readonly queue?: (batch: Batch<Body, Env, Pass>, env: Env, ctx: ExecutionContext, log: RequestLog<Pass>) => void | Promise<void>;
  readonly scheduled?: (controller: ScheduledController, env: Env, ctx: ExecutionContext, log: RequestLog<Pass>) => void | Promise<void>;
}

/** The handlers that are there, for `export default`. */
export interface Handlers<Env> {
  fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response>;
  queue(batch: MessageBatch, env: Env, ctx: ExecutionContext): Promise<void>;
  scheduled(controller: ScheduledController, env: Env, ctx: ExecutionContext): Promise<void>;
}
