/** Request ids, redacted JSON logs and exact Prometheus metrics for Cloudflare Workers, typed by one contract. */

export { type LabelsOf, type MetricName, type Service } from "workers-ai-observability/contract";
export { type BindingKind, type BindingKinds, type PlatformService } from "./bindings/env.ts";
export { type TelemetryEnv } from "./config.ts";
export { type LogMetadata, type RequestLog } from "./context.ts";
export { originOf, type Receiver, withRequest } from "./invocations.ts";
export { observeHono } from "./hono.ts";
export { getMeter, type Meter } from "./meter.ts";
export { observeObject } from "./observed_object.ts";
export { observe } from "./observe.ts";
export {
  type DebugSetting,
  type ObjectOptions,
  type ObservedMessage,
  type ObservedMessageBatch,
  type ObserveOptions,
  type ServiceOptions,
  type WithRequestOptions,
  type WorkerHandlers,
} from "./options.ts";
export { type Origin, type RouteOf } from "./origin.ts";
export { requestLog, useAsyncLocalStorage } from "./request_log.ts";
export { countStorage, type StorageCall, type StoreName, type StoreOperation } from "./storage_meter.ts";
