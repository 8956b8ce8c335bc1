/** A handler that writes two lines by hand, without redaction and without metrics. */

import { respond, sendingTo } from "./requests.js";

export default sendingTo(async (request, env) => {
  const common = { service: "worker-api", tenant_id: request.headers.get("x-tenant-id"), request_id: crypto.randomUUID(), route: new URL(request.url).pathname };
  const startedAt = performance.now();
  const write = (message, more) => console.log(JSON.stringify({ timestamp: new Date().toISOString(), level: "info", message, ...common, ...more }));
  write("request arrived");
  const response = await respond(request, env);
  write("answered", { latency_ms: performance.now() - startedAt, status_code: response.status });
  return response;
});
