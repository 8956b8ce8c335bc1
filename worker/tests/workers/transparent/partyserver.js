/** A Worker that routes to a room of partyserver, bare or observed. */

import { routePartykitRequest, Server } from "partyserver";
import { observe, withRequest } from "../../../src/index.ts";
import { answer } from "./answers.ts";

/** A room that answers with the path after its own name. */
export class Room extends Server {
  onRequest(request) {
    const url = new URL(request.url);
    url.pathname = url.pathname.replace(/^\/parties\/room\/[^/]+/, "");
    const { env, ctx } = this;
    if (!OBSERVED) return answer(new Request(url, request), env);
    return withRequest({ service: "worker-api", request, env, ctx }, (observed) => answer(new Request(url, request), observed));
  }
}

async function handle(request, env) {
  const url = new URL(request.url);
  url.pathname = `/parties/room/lobby${url.pathname}`;
  return (await routePartykitRequest(new Request(url, request), env)) ?? new Response("no room", { status: 404 });
}

export default OBSERVED ? observe({ service: "worker-api", fetch: handle }) : { fetch: handle };
