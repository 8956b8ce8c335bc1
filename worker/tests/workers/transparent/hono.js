/** A Worker whose handler is an application of Hono, bare or observed; in JavaScript, as the types of Hono need not be known. */

import { Hono } from "hono";
import { observe, observeHono } from "../../../src/index.ts";
import { answer } from "./answers.ts";

const app = new Hono();
if (OBSERVED) app.use(observeHono);
app.all("*", (c) => answer(c.req.raw, c.env));

const handle = (request, env, ctx) => app.fetch(request, env, ctx);
export default OBSERVED ? observe({ service: "worker-api", fetch: handle }) : { fetch: handle };
