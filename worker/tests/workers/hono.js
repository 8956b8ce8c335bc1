/** A Worker whose handler is an application of Hono; in JavaScript, so that types are checked where Hono is not installed, too. */

import { Hono } from "hono";
import { observe, observeHono, requestLog } from "../../src/index.ts";
import { TelemetryShard } from "./observed.ts";

export { TelemetryShard };

const app = new Hono();
app.use(observeHono);
app.use("/search/*", async (c, next) => {
  requestLog().tenant(c.req.header("x-tenant"));
  await next();
});
app.get("/chat", (c) => c.text("hello"));
app.get("/search", async (c) => c.text(String(await c.env.KV.get("x"))));
app.post("/chat", () => {
  throw new Error("the handler failed with token=abcdefghijklmnopqrst");
});
app.onError((_, c) => c.text("sorry", 500));

const worker = observe({ service: "worker-api", fetch: (request, env, ctx) => app.fetch(request, env, ctx) });

export default {
  ...worker,
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname !== "/counters") return worker.fetch(request, env, ctx);
    return Response.json(await env.TELEMETRY.getByName("shard-0").counters());
  },
};
