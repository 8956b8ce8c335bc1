/** Logs, redaction, request ids and exact metrics of Cloudflare Workers, from one contract. */

export { type Batch, type ObservedMessage } from "./messages.ts";
export { type Kind, type Kinds } from "./bindings/env.ts";
export { type RequestLog, type Told } from "./context.ts";
export { type Debug } from "./debugging.ts";
export { type Meter, meterOf } from "./metrics.ts";
export { type Handlers, type Observation, type Observed } from "./observation.ts";
export { observe } from "./observe.ts";
export { type Origin, requestOf, type RouteOf } from "./request.ts";
export { type Following, withRequest } from "./following.ts";
export { type TelemetryEnv } from "./settings.ts";
export { type LabelsOf, type MetricName, type Service } from "../../out/contract/contract.gen.ts";
