/** Workers AI: requests, errors with the platform's codes, latency, tokens, and the time to the first of a stream. */

import { now, since } from "../answer.ts";
import { type Context, quietly } from "../context.ts";
import { followed, type Outcome, withBody } from "../stream.ts";
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

/** One call to a model, from its beginning; `end` is for whoever sees its end. */
interface AiCall {
  readonly context: Context;
  readonly beganAt: number;
  end(told: Told): void;
}

export function observeAi(ai: Ai, binding: string, context: Context): Ai {
  const run = async (...given: readonly unknown[]): Promise<unknown> => {
    const call = quietly(context.service, () => beginAi(given, binding, context));
    let answer: unknown;
    try {
      answer = await (ai.run as unknown as Run).apply(ai, given as unknown[]);
    } catch (error) {
      call?.end({ error });
      throw error;
    }
    return (call && quietly(context.service, () => watched(answer, call))) ?? answer;
  };
  return replacing(ai, { run });
}

function beginAi([model, inputs]: readonly unknown[], binding: string, context: Context): AiCall {
  const { meter, labels, origin, raw } = context;
  const named = { ...labels, model: String(model) };
  const prompt = raw ? JSON.stringify(inputs) : undefined;
  const ended = begin(context, { message: "AI run", metadata: { binding, model: named.model } });
  meter.count("ai_requests_total", named);
  const end = (told: Told): void =>
    void quietly(context.service, () => {
      const { usage, text, firstToken } = told;
      const further = { tokens_input: usage?.input, tokens_output: usage?.output, first_token_ms: firstToken };
      const latency = ended({ ...told, metadata: { ...further, ai_code: codeOf(told), prompt, response: raw ? text : undefined } });
      meter.observe("ai_latency_ms", named, latency, origin.requestId);
      if ("error" in told) meter.count("ai_errors_total", named, 1, origin.requestId);
      if (firstToken !== undefined) meter.observe("ai_time_to_first_token_ms", named, firstToken, origin.requestId);
      countTokens(told, named, context);
    });
  return { context, beganAt: now(), end };
}

/** A call that threw has no answer, so nobody asks for its tokens; a stream that broke had one. */
function countTokens({ usage, text, ...told }: Told, named: Context["labels"] & { model: string }, { meter }: Context): void {
  if (usage?.input) meter.count("ai_tokens_input", named, usage.input);
  if (usage?.output) meter.count("ai_tokens_output", named, usage.output);
  if (!usage && (text !== undefined || !("error" in told))) meter.count("ai_tokens_unknown_total", named);
}

/** The answer as the application gets it; one that streams tells its usage while it passes. */
function watched(answer: unknown, call: AiCall): unknown {
  if (answer instanceof ReadableStream) return watchedEvents(answer, call);
  if (answer instanceof Response) return watchedResponse(answer, call);
  call.end({ usage: usageOf(answer), text: textOf(answer) ?? "" });
  return answer;
}

function watchedEvents(body: ReadableStream<Uint8Array>, call: AiCall, status?: number): ReadableStream<Uint8Array> {
  let firstToken: number | undefined;
  const reader = new EventReader(call.context.raw, () => (firstToken = since(call.beganAt)));
  return follow(body, call, reader, (outcome, error) => {
    reader.end();
    const { usage, text } = reader;
    call.end({ usage, text, firstToken, status, ...(outcome === "broken" && { error }) });
  });
}

/** A raw response, or a WebSocket's: what it says of an error was not thrown, but is one. */
function watchedResponse(response: Response, call: AiCall): Response {
  const { status } = response;
  const refusal = status >= 400 ? { error: new Error(`the model's raw response has status ${status}`) } : {};
  if (!response.body) {
    call.end({ status, ...refusal });
    return response;
  }
  if (response.headers.get("content-type")?.startsWith("text/event-stream")) return withBody(response, watchedEvents(response.body, call, status));
  const reader = new AnswerReader();
  const body = follow(response.body, call, reader, (outcome, error) => {
    const { answer } = reader;
    const text = status < 400 ? (textOf(answer) ?? "") : undefined;
    call.end({ usage: usageOf(answer), text, status, code: codeIn(answer), ...refusal, ...(outcome === "broken" && { error }) });
  });
  return withBody(response, body);
}

/** Follows a body; it ends once, though its reader may leave while it breaks. */
function follow(
  body: ReadableStream<Uint8Array>,
  { context }: AiCall,
  reader: { push(bytes: Uint8Array): void },
  end: (outcome: Outcome, error?: unknown) => void,
): ReadableStream<Uint8Array> {
  let ended = false;
  return followed(body, {
    chunk: (bytes) => quietly(context.service, () => reader.push(bytes)),
    end(outcome, error) {
      if (!ended) quietly(context.service, () => end(outcome, error));
      ended = true;
    },
  });
}

/** The platform's code, where the answer or what was thrown has one. The log refuses what cannot be one. */
function codeOf({ code, error }: Told): number | undefined {
  const found = error === undefined ? undefined : CODE.exec(String((error as Error).message ?? error));
  const told = Number(code ?? found?.[1] ?? found?.[2]);
  return Number.isNaN(told) ? undefined : told;
}
