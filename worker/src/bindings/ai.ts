/** Workers AI: requests, errors with the platform's codes, latency, tokens, and the time to the first of a stream. */

import { now, since } from "../answer.ts";
import { type Context, quietly } from "../context.ts";
import { followed, isEventStream, withBody } from "../stream.ts";
import { begin, type Ending, replacing } from "./call.ts";
import { AnswerReader, codeIn, EventReader, textOf, type Usage, usageOf } from "./usage.ts";

/** The code stands first in the platform's own errors, and before a colon where something has worded them anew. */
const CODE = /^(\d{4})\b|\b(\d{4}):/;

type Run = (...given: readonly unknown[]) => Promise<unknown>;

/** What a model's answer told by its end. */
interface Told extends Ending {
  readonly usage?: Usage | undefined;
  /** Undefined where there was no answer at all. */
  readonly text?: string | undefined;
  readonly firstToken?: number | undefined;
  /** The platform's code, where an answer gives it by itself. */
  readonly code?: unknown;
}

/** What reads an answer while it passes, and what it has told by its end. */
interface Reader {
  push(bytes: Uint8Array): void;
  told(): Told;
}

/** One call to a model, from its beginning; `end` is for whoever sees its end, the first time alone. */
interface AiCall {
  readonly context: Context;
  readonly beganAt: number;
  end(told: () => Told): void;
}

export function observeAi(ai: Ai, binding: string, context: Context): Ai {
  const run = async (...given: readonly unknown[]): Promise<unknown> => {
    const call = quietly(context, () => beginAi(given, binding, context));
    let answer: unknown;
    try {
      answer = await (ai.run as unknown as Run).apply(ai, given as unknown[]);
    } catch (error) {
      call?.end(() => ({ error }));
      throw error;
    }
    return (call && quietly(context, () => watched(answer, call))) ?? answer;
  };
  return replacing(ai, { run });
}

function beginAi([name, inputs]: readonly unknown[], binding: string, context: Context): AiCall {
  const model = String(name);
  const prompt = context.raw ? JSON.stringify(inputs) : undefined;
  const ended = begin(context, { message: "AI run", metadata: { binding, model } });
  context.count("ai_requests_total", 1, { model });
  let open = true;
  const end = (told: () => Told): void => {
    if (open) quietly(context, () => settle(told(), model, prompt, ended, context));
    open = false;
  };
  return { context, beganAt: now(), end };
}

/** A call that threw has no answer, so nobody asks for its tokens; a stream that broke had one. */
function settle(told: Told, model: string, prompt: string | undefined, ended: (ending: Ending) => number, context: Context): void {
  const { usage: { input: tokens_input, output: tokens_output } = {}, text, firstToken: first_token_ms } = told;
  const { count, observe, raw } = context;
  const metadata = { tokens_input, tokens_output, first_token_ms, ai_code: codeOf(told), prompt, response: raw ? text : undefined };
  observe("ai_latency_ms", ended({ ...told, metadata }), { model });
  if ("error" in told) count("ai_errors_total", 1, { model });
  if (first_token_ms !== undefined) observe("ai_time_to_first_token_ms", first_token_ms, { model });
  if (tokens_input) count("ai_tokens_input", tokens_input, { model });
  if (tokens_output) count("ai_tokens_output", tokens_output, { model });
  if (!told.usage && (text !== undefined || !("error" in told))) count("ai_tokens_unknown_total", 1, { model });
}

/** The answer as the application gets it; one that streams tells its usage while it passes. */
function watched(answer: unknown, call: AiCall): unknown {
  if (answer instanceof ReadableStream) return follow(answer, call, events(call));
  if (answer instanceof Response) return watchedResponse(answer, call);
  call.end(() => ({ usage: usageOf(answer), text: textOf(answer) ?? "" }));
  return answer;
}

/** A raw response, or a WebSocket's: what it says of an error was not thrown, but is one. */
function watchedResponse(response: Response, call: AiCall): Response {
  const { status, body } = response;
  const ending = { status, ...(status >= 400 && { error: new Error(`the model's raw response has status ${status}`) }) };
  if (!body) {
    call.end(() => ending);
    return response;
  }
  return withBody(response, follow(body, call, isEventStream(response) ? events(call) : json(status), ending));
}

function events({ context, beganAt }: AiCall): Reader {
  let firstToken: number | undefined;
  const reader = new EventReader(context.raw, () => (firstToken = since(beganAt)));
  const told = (): Told => {
    reader.end();
    return { usage: reader.usage, text: reader.text, firstToken };
  };
  return { push: (bytes) => reader.push(bytes), told };
}

function json(status: number): Reader {
  const reader = new AnswerReader();
  const told = (): Told => {
    const { answer } = reader;
    return { usage: usageOf(answer), text: status < 400 ? (textOf(answer) ?? "") : undefined, code: codeIn(answer) };
  };
  return { push: (bytes) => reader.push(bytes), told };
}

/** Follows a body; it ends once, though its reader may leave while it breaks. */
function follow(body: ReadableStream<Uint8Array>, { context, end }: AiCall, reader: Reader, ending?: Ending): ReadableStream<Uint8Array> {
  return followed(body, {
    chunk: (bytes) => quietly(context, () => reader.push(bytes)),
    end: (outcome, error) => end(() => ({ ...reader.told(), ...ending, ...(outcome === "broken" && { error }) })),
  });
}

/** The platform's code, where the answer or what was thrown has one. The log refuses what cannot be one. */
function codeOf({ code, error }: Told): number {
  const found = error === undefined ? undefined : CODE.exec(String((error as Error).message ?? error));
  return Number(code ?? found?.[1] ?? found?.[2]);
}
