/** A middleware for Hono, which catches exceptions before `observe` could see them. The library does not depend on Hono. */

import { requestLog } from "./request_log.ts";

/** What is used of Hono's context. */
interface HonoContext {
  readonly req: { readonly matchedRoutes: readonly { readonly path: string }[] };
  readonly error?: unknown;
  readonly executionCtx: object;
}

/**
 * Names the route by the pattern that Hono matched, and reports the exception that its error handler has answered. Use it first:
 * `app.use(observeHono)`, with `fetch: (request, env, ctx) => app.fetch(request, env, ctx)` in `observe`.
 */
export async function observeHono(c: HonoContext, next: () => Promise<void>): Promise<void> {
  await next();
  const log = requestLog(c.executionCtx);
  const route = c.req.matchedRoutes.map(({ path }) => path).findLast((path) => !path.endsWith("*"));
  if (route) log?.route(route as never);
  if (c.error) log?.failed(c.error);
}
