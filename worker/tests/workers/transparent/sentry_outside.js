/** A Worker that Sentry wraps, bare or observed inside. Sentry has no address, so that it sends nothing. */

import { withSentry } from "@sentry/cloudflare";
import { observe } from "../../../src/index.ts";
import { answer } from "./answers.ts";

const handlers = OBSERVED ? observe({ service: "worker-api", fetch: answer }) : { fetch: answer };
export default withSentry(() => ({ tracesSampleRate: 1 }), handlers);
