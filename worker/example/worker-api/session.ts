/** A conversation: the last questions of one session of a tenant, and how many it may ask in an hour. */

import { DurableObject } from "cloudflare:workers";
import { type RequestLog, withRequest } from "workers-ai-observability";

import type { Environment } from "./environment.ts";

const HOUR_MS = 3_600_000;
const REMEMBERED = 4;
const LONGEST = 4_000;

interface Turn {
  readonly question: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export class Session extends DurableObject<Environment> {
  /** Take a question: answers with those before it, oldest first, or with 429. */
  override fetch(request: Request): Promise<Response> {
    const { env, ctx } = this;
    const following = { service: "worker-api", pass: ["conversation"], request, env, ctx } as const;
    return withRequest(following, (_, log) => this.#take(request, log));
  }

  async #take(request: Request, log: RequestLog<"conversation">): Promise<Response> {
    const { question, session } = await request.json<{ question: string; session: string }>();
    if (question.length > LONGEST) throw new RangeError(`a question of ${question.length} characters is too long: ${question}`);
    const now = Date.now();
    const turns = ((await this.ctx.storage.get<Turn[]>("turns")) ?? []).filter(({ at }) => now - at < HOUR_MS);
    log.info("a turn of a conversation", { conversation: session });
    if (turns.length >= Number(this.env.QUESTIONS_AN_HOUR)) return new Response("too many questions", { status: 429 });
    await this.ctx.storage.put("turns", [...turns, { question, at: now }]);
    return Response.json(turns.slice(-REMEMBERED).map((turn) => turn.question));
  }
}
