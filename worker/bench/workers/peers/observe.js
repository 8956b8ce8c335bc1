import { observe } from "../../../src/index.ts";
import { respond, sendingTo } from "./requests.js";

const tenant = (request) => request.headers.get("x-tenant-id");
export default sendingTo(observe({ service: "worker-api", tenant, bindings: { KV: "kv" }, fetch: respond }).fetch);
