/**
 * Calls to models: requests, errors with the platform's codes, latency, tokens, and the time to the first token of a stream. A call
 * counts for the model that answered; one whose model is not known is only logged.
 */

import type { Metadata } from "workers-ai-observability/contract";
import { elapsedSince, now } from "../clock.ts";
import type { Context } from "../context.ts";
import { runSafely } from "../diagnostics.ts";
import { errorMessage, toText } from "../log_text.ts";
import { textsIn } from "../model_texts.ts";
import { observeResponseBody, observeStream, type StreamFailure, type StreamObserver } from "../stream.ts";
import { type AsyncFunction, type CallResult, startCall } from "./call.ts";
import { errorClassOf } from "./outcome.ts";
import { inputText } from "./retries.ts";
import { type AiUsage, createUsageReader, usageOf } from "./usage.ts";

/** The platform's error code, anywhere in the message. */
const ERROR_CODE = /\b(\d{4}):/;
const FIRST_ERROR_STATUS = 400;

/** Parts of the input and the output. One that the model reports as 0 has a series, and one that it does not report has none. */
const TOKEN_CLASSES = [
  ["tokens_input_cached", "ai_tokens_input_cached_total"],
  ["tokens_input_cache_write", "ai_tokens_input_cache_write_total"],
  ["tokens_output_reasoning", "ai_tokens_output_reasoning_total"],
] as const;

/** How a call to a model ended; without `usage` there was no answer. */
interface AiCallResult extends Omit<CallResult, "metadata"> {
  readonly usage?: AiUsage | undefined;
}

/** What a call to a binding asks for. */
export interface AiRequest {
  /** What the model gets: no line has its texts. */
  readonly inputs: unknown;
  /** Whether documents are retrieved for it. */
  readonly isRetrieval?: boolean;
  /** The model that is asked first, where others are asked after it. */
  readonly asked?: string | undefined;
  /** Returns the model that an answer is of; if there is none, the model that was asked. Undefined if only the answer may name it. */
  modelOf(answer?: unknown): string | undefined;
}

/** A call that has not ended; `end` is to be called at its end, with its milliseconds if that was before. */
interface AiCall {
  readonly context: Context;
  readonly startedAt: number;
  end(result: AiCallResult, answer?: unknown, latencyMs?: number): void;
  /** Notes that it has failed, before its end: the body of an error says more, but may never be read. */
  fail(): void;
}

/** Returns the method observed: `read` returns what its arguments ask for. */
export function observeAiMethod(
  message: string,
  read: (args: unknown[]) => AiRequest,
  original: AsyncFunction,
  binding: string,
  context: Context,
): AsyncFunction {
  return async (...args) => {
    const call = runSafely(context.service, () => startAiCall(message, read(args), binding, context));
    try {
      const answer = await original(...args);
      return runSafely(context.service, () => call && observeAnswer(answer, call)) ?? answer;
    } catch (error) {
      call?.end({ error });
      throw error;
    }
  };
}

function startAiCall(message: string, { inputs, isRetrieval, asked, modelOf }: AiRequest, binding: string, context: Context): AiCall {
  const prompt = context.logsRawText ? toText(inputs) : undefined;
  const endCall = startCall(context, message, { binding });
  const firstModel = asked ?? modelOf();
  const { failedCalls = [] } = context;
  let text: string | undefined;
  const sameInput = failedCalls.filter((call) => call.text === (text ??= inputText(inputs)));
  const repeatsFailure = sameInput.some(({ model }) => model === firstModel);
  const sent = textsIn(inputs);
  context.modelTexts?.add(() => sent);
  let hasFailed = !firstModel;
  const fail = (): void => {
    if (!hasFailed) failedCalls.push({ model: firstModel!, text: (text ??= inputText(inputs)) });
    hasFailed = true;
  };
  let isEnded = false;
  return {
    context,
    startedAt: now(),
    fail,
    end({ usage, ...result }, answer, latencyMs) {
      if (isEnded) return;
      isEnded = true;
      runSafely(context.service, () => {
        const { model = modelOf(answer), documents } = isRetrieval ? { ...usage, model: modelOf() ?? usage?.model } : {};
        const isAnswered = !("error" in result);
        const askedFirst = asked ?? (isAnswered && !repeatsFailure ? sameInput[0]?.model : undefined);
        const asked_model = askedFirst === model ? undefined : askedFirst;
        const outcome = { ...outcomeOf({ usage, ...result }, model), documents, asked_model: model && asked_model };
        const { units, ...reported } = usage ?? {};
        const latency = endCall({ ...result, metadata: { ...reported, model, ...outcome, prompt } }, latencyMs);
        if (repeatsFailure && firstModel) context.count("ai_retries_total", 1, { model: firstModel });
        if (!isAnswered) fail();
        if (model && asked_model) context.count("ai_fallbacks_total", 1, { model: asked_model });
        if (isRetrieval && isAnswered) {
          context.count("rag_queries_total");
          if (documents !== undefined) context.count("rag_retrieval_count", documents);
        }
        if (model) countAiCall(context, model, { usage, ...result }, outcome, latency);
      });
    },
  };
}

type Outcome = Pick<Metadata, "ai_code" | "error_class" | "finish_reason">;

/** Returns how a call ended, in the contract's words; without a model nothing is said of its text. */
function outcomeOf({ usage = {}, status, ...result }: AiCallResult, model: string | undefined): Outcome {
  const isText = model && !usage.units?.ai_embedded_texts_total && !usage.units?.ai_images_total;
  if (!("error" in result)) return isText ? { finish_reason: usage.finish_reason ?? "unknown" } : {};
  const ai_code = usage.ai_code || codeOf(result.error);
  return { ai_code, error_class: errorClassOf(ai_code, status, result.error), ...(model && { finish_reason: "error" }) };
}

function codeOf(error: unknown): number {
  return Number(ERROR_CODE.exec(errorMessage(error))?.[1]);
}

function countAiCall({ count }: Context, model: string, result: AiCallResult, { error_class, finish_reason }: Outcome, latency: number): void {
  const { usage, status = 0 } = result;
  count("ai_requests_total", 1, { model });
  count("ai_latency_ms", latency, { model });
  if (finish_reason) count("ai_finish_reasons_total", 1, { model, finish_reason });
  if (error_class) {
    count("ai_errors_total", 1, { model });
    count("ai_errors_by_class_total", 1, { model, error_class });
  }
  if (!usage) return;
  const { tokens_input, tokens_output, first_token_ms } = usage;
  if (first_token_ms !== undefined) {
    count("ai_time_to_first_token_ms", first_token_ms, { model });
    const laterTokens = (tokens_output ?? 0) - 1;
    if (laterTokens > 0) count("ai_time_per_output_token_ms", (latency - first_token_ms) / laterTokens, { model });
  }
  if (tokens_input) count("ai_tokens_input", tokens_input, { model });
  if (tokens_output) count("ai_tokens_output", tokens_output, { model });
  for (const [metric, amount] of Object.entries(usage.units ?? {})) count(metric as "ai_tool_calls_total", amount, { model });
  for (const [key, metric] of TOKEN_CLASSES) {
    const tokens = usage[key];
    if (tokens !== undefined) count(metric, tokens, { model });
  }
  // what writes no text has no output; a call that was rejected has used no tokens, but a stream that failed has
  const isUnknown = tokens_input === undefined || (finish_reason !== undefined && tokens_output === undefined);
  if (isUnknown && status < FIRST_ERROR_STATUS) count("ai_tokens_unknown_total", 1, { model });
}

/** Returns the answer for the application; if it streams, the call ends with the stream. */
function observeAnswer(answer: unknown, { context, startedAt, end, fail }: AiCall): unknown {
  const response = answer instanceof Response ? answer : undefined;
  const { body, status } = response ?? { body: answer };
  // an error that a raw response reports was not thrown
  const rejection = status !== undefined && status >= FIRST_ERROR_STATUS ? { error: `status ${status}` } : {};
  const finish = (usage: AiUsage, failure?: StreamFailure, latencyMs?: number): void =>
    end({ status, usage, ...rejection, ...failure }, answer, latencyMs);
  if (!(body instanceof ReadableStream)) {
    const received = textsIn(body);
    context.modelTexts?.add(() => received);
    finish(usageOf(body));
    return answer;
  }
  const isJson = response?.headers.get("content-type")?.includes("json");
  const { chunk, texts, usage } = createUsageReader(startedAt, context.logsRawText, isJson);
  context.modelTexts?.add(texts);
  const observer: StreamObserver = {
    chunk: (bytes) => runSafely(context.service, () => chunk(bytes)),
    end: (_, failure) => finish(runSafely(context.service, usage) ?? {}, failure),
  };
  if (!response) return observeStream(body, observer);
  const observed = observeResponseBody(response, observer);
  if ("error" in rejection) {
    const latencyMs = elapsedSince(startedAt);
    fail();
    context.errorAnswers?.push({ body: observed.body, end: () => finish({}, undefined, latencyMs) });
  }
  return observed;
}
