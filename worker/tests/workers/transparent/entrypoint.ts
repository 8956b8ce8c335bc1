/** A Worker that is a class, bare or observed. */

import { WorkerEntrypoint } from "cloudflare:workers";
import { observe } from "../../../src/index.ts";
import { answer, type Env } from "./answers.ts";

declare const OBSERVED: boolean;

const worker = observe<Env, "worker-api">({ service: "worker-api", fetch: answer });

export default class extends WorkerEntrypoint<Env> {
  override fetch(request: Request): Response | Promise<Response> {
    return OBSERVED ? worker.fetch!(request as never, this.env, this.ctx) : answer(request, this.env);
  }
}
