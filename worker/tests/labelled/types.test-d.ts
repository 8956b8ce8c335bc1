/** Code for a platform that adds labels to its metrics, and what must not compile: see `tsconfig.labelled.json`. */

import { countStorage, getMeter, observe, type Origin, type RequestLog, withRequest } from "../../src/index.ts";

interface Env {
  readonly REGION: string;
}
const respond = (): Response => new Response("hello");
const labels = { tenant_id: "acme", route: "/chat" } as const;
const meter = getMeter("worker-api");

observe({ service: "worker-api", labels: (_, env: Env) => ({ region: env.REGION, plan: undefined }), fetch: respond });
observe({ service: "worker-api", labels: (request) => ({ region: request?.headers.get("region"), plan: "free" }), fetch: respond });
// @ts-expect-error `labels` is missing
observe({ service: "worker-api", fetch: respond });
// @ts-expect-error one of the labels is missing
observe({ service: "worker-api", labels: () => ({ region: "eu" }), fetch: respond });
// @ts-expect-error work that no request started has no request
observe({ service: "worker-api", labels: (request) => ({ region: request.url, plan: "free" }), fetch: respond });

meter.count("requests_total", { ...labels, region: "eu", plan: "other" });
meter.count("errors_total", { ...labels, region: "us" });
meter.observe("latency_ms", { ...labels, region: "us", plan: "paid" }, 12);
// @ts-expect-error a label of the platform that is missing
meter.count("requests_total", { ...labels, region: "eu" });
// @ts-expect-error a label that this metric does not have
meter.count("errors_total", { ...labels, region: "eu", plan: "free" });
// @ts-expect-error a value that the platform does not list
meter.count("errors_total", { ...labels, region: "mars" });
countStorage(meter, "kv", "read", { ...labels, region: "eu" });
// @ts-expect-error the metrics of the store have a label of the platform
countStorage(meter, "kv", "read", labels);

export const own = (log: RequestLog): void => meter.count("errors_total", { ...labels, region: log.labels.region });
export const rpc = (request: Origin, env: Env, ctx: ExecutionContext): Promise<string> =>
  withRequest({ service: "worker-api", request, env, ctx }, (_, log) => log.labels.plan);
