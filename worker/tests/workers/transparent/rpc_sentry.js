/** The Worker of `rpc.ts` inside of Sentry, which wraps its bindings. */

import { withSentry } from "@sentry/cloudflare";
import worker, { Methods } from "./rpc.ts";

export { Methods };
export default withSentry(() => ({}), worker);
