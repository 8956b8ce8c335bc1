/** A Worker whose handler Sentry wraps, bare or observed outside. Sentry has no address, so that it sends nothing. */

import { withSentry } from "@sentry/cloudflare";
import { observe } from "../../../src/index.ts";
import { answer } from "./answers.ts";

const inner = withSentry(() => ({ tracesSampleRate: 1 }), { fetch: answer });
const handle = (request, env, ctx) => inner.fetch(request, env, ctx);
export default OBSERVED ? observe({ service: "worker-api", fetch: handle }) : { fetch: handle };
