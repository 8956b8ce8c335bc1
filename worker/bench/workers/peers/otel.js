import { instrument } from "@microlabs/otel-cf-workers";
import { respond, sendingTo } from "./requests.js";

const settings = (env) => ({ exporter: { url: `${env.SINK}/v1/traces` }, service: { name: "worker-api" } });
export default sendingTo(instrument({ fetch: respond }, settings).fetch);
