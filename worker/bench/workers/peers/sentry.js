import { withSentry } from "@sentry/cloudflare";
import { respond, sendingTo } from "./requests.js";

export default sendingTo(withSentry((env) => ({ dsn: env.SINK.replace("//", "//key@") + "/1", tracesSampleRate: 1 }), { fetch: respond }).fetch);
