/** Workers AI: requests, errors with the platform's codes, latency, tokens, and the time to the first of a stream. */

import { now } from "../answer.ts";
import { type Context, quietly } from "../context.ts";
import { followed, followedResponse, type Follower } from "../stream.ts";
import { said, worded } from "../words.ts";
import { begin, type Ending, replacing } from "./call.ts";
import { reading, type Told, toldBy } from "./usage.ts";

/** Where the platform's errors have their code, be they worded anew or not. */
const CODE = /\b(\d{4}):/;

/** How a call ended, and what its answer told; without `metadata` there was no answer. */
interface AiEnding extends Ending {
  readonly metadata?: Told;
}

/** One call to a model, from its beginning; `end` is for whoever sees its end. */
interface AiCall {
  readonly context: Context;
  readonly beganAt: number;
  end(ending: AiEnding): void;
}

interface Runner {
  run(...given: readonly [model: string, inputs: unknown]): Promise<unknown>;
}

export function observeAi(ai: Runner, binding: string, context: Context): Runner {
  const run: Runner["run"] = async (...given) => {
    const call = beginAi(given, binding, context);
    try {
      const answer = await ai.run(...given);
      return quietly(context, () => watched(answer, call)) ?? answer;
    } catch (error) {
      call.end({ error });
      throw error;
    }
  };
  return replacing(ai, { run });
}

function beginAi([model, inputs]: readonly [string, unknown], binding: string, context: Context): AiCall {
  const { count, raw } = context;
  const prompt = raw ? worded(inputs) : undefined;
  const ended = begin(context, { message: "AI run", metadata: { binding, model } });
  count("ai_requests_total", 1, { model });
  const end = (ending: AiEnding): void => {
    const { error, status, metadata: told } = ending;
    const { tokens_input, tokens_output, first_token_ms } = told ?? {};
    const ai_code = told?.ai_code || Number(CODE.exec(said(error))?.[1]);
    count("ai_latency_ms", ended({ ...ending, metadata: { ...told, ai_code, prompt } }), { model });
    if ("error" in ending) count("ai_errors_total", 1, { model });
    if (first_token_ms !== undefined) count("ai_time_to_first_token_ms", first_token_ms, { model });
    if (tokens_input) count("ai_tokens_input", tokens_input, { model });
    if (tokens_output) count("ai_tokens_output", tokens_output, { model });
    // of what refused or threw, nobody asks for tokens; a stream that broke had some
    if (told && tokens_input === undefined && !(status! >= 400)) count("ai_tokens_unknown_total", 1, { model });
  };
  return { context, beganAt: now(), end };
}

/** The answer as the application gets it; one that streams tells its usage while it passes. */
function watched(answer: unknown, { context, beganAt, end }: AiCall): unknown {
  const response = answer instanceof Response ? answer : undefined;
  const { body, status } = response ?? { body: answer };
  // what a raw response says of an error was not thrown, but is one
  const refused = status! >= 400 && { error: `status ${status}` };
  if (!(body instanceof ReadableStream)) {
    end({ status, metadata: toldBy(body), ...refused });
    return answer;
  }
  const { chunk, told } = reading(beganAt, context.raw);
  const follower: Follower = { chunk, end: (_, broke) => end({ status, metadata: told(), ...refused, ...broke }) };
  return response ? followedResponse(response, follower) : followed(body, follower);
}
