/** A session of a tenant: stores its last questions, and limits the number of questions per hour. */

import { DurableObject } from "cloudflare:workers";
import { observeObject, type RequestLog, withRequest } from "workers-ai-observability";

import type { Environment } from "./environment.ts";

const HOUR_MS = 3_600_000;
const MAX_HISTORY = 4;
const MAX_QUESTION_LENGTH = 4_000;

interface Turn {
  readonly question: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

class OwnSession extends DurableObject<Environment> {
  /** Adds a question, and responds with the questions before it, oldest first, or with 429. */
  override fetch(request: Request): Promise<Response> {
    const { env, ctx } = this;
    const options = { service: "worker-api", pass: ["conversation"], request, env, ctx } as const;
    return withRequest(options, (_, log) => this.#addQuestion(request, log));
  }

  async #addQuestion(request: Request, log: RequestLog<"conversation">): Promise<Response> {
    const { question, session } = await request.json<{ question: string; session: string }>();
    if (question.length > MAX_QUESTION_LENGTH) throw new RangeError(`a question of ${question.length} characters is too long: ${question}`);
    const now = Date.now();
    const turns = ((await this.ctx.storage.get<Turn[]>("turns")) ?? []).filter(({ at }) => now - at < HOUR_MS);
    log.info("conversation turn", { conversation: session });
    if (turns.length >= Number(this.env.QUESTIONS_AN_HOUR)) return new Response("too many questions", { status: 429 });
    await this.ctx.storage.put("turns", [...turns, { question, at: now }]);
    return Response.json(turns.slice(-MAX_HISTORY).map((turn) => turn.question));
  }
}

/** Its rows are counted for the tenant, which its name begins with. */
export const Session = observeObject({ service: "worker-api", tenant: ({ id }) => id.name?.split("/")[0] }, OwnSession);
export type Session = OwnSession;
