/** A fake of the remote side of Workers AI: it repeats the question, in the platform's formats, error codes and streams. */

import { once } from "node:events";
import type { ServerResponse } from "node:http";

import type { CallCount, CallCounts } from "./call_counts.ts";
import { embedding, words } from "./embedding.ts";
import type { Failure, FailureInjector } from "./failures.ts";
import { type RemoteCall, sendJson, sleep } from "./remote_call.ts";

interface RunRequest {
  readonly inputs: {
    readonly messages?: readonly { readonly content: string }[];
    readonly text?: string | readonly string[];
    readonly stream?: boolean;
  };
  readonly options?: { readonly gateway?: { readonly metadata?: { readonly tenant?: string } } };
}

interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens: number; readonly cache_write_tokens: number };
  readonly completion_tokens_details?: { readonly reasoning_tokens: number };
}

const ERROR_DESCRIPTIONS: Readonly<Record<number, string>> = {
  3036: "you have used up your daily free allocation of 10,000 neurons",
  3040: "Capacity temporarily exceeded, please try again.",
};
/** Time for written data to arrive before the socket is destroyed, which would discard it. */
const SOCKET_FLUSH_MS = 100;
const ZERO_USAGE: Usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

/** Responds to a call of `env.AI.run`. */
export async function respondAsAi(
  call: RemoteCall,
  response: ServerResponse,
  counts: CallCounts,
  failures: FailureInjector,
): Promise<void> {
  const request = JSON.parse(call.body) as RunRequest;
  const tenant = request.options?.gateway?.metadata?.tenant ?? "";
  const key = { binding: "AI", tenant, model: call.header("cf-consn-model-id"), operation: "run" } as const;
  const count = counts.add(key);
  const failure = failures.take(key);
  if (failure.delay_ms !== undefined) await sleep(failure.delay_ms);
  if (failure.error_code !== undefined) {
    count.failed += 1;
    sendJson(response, failure.error_code === 3040 ? 429 : 403, errorBody(failure.error_code));
  } else if (request.inputs.text !== undefined) {
    const texts = [request.inputs.text].flat();
    count.without_usage += 1;
    count.embedded_texts += texts.length;
    sendJson(response, 200, embeddingsBody(texts));
  } else {
    await generate(request, response, count, failure);
  }
}

function errorBody(code: number): unknown {
  return { internalCode: code, name: "InferenceUpstreamError", description: ERROR_DESCRIPTIONS[code] ?? "unknown error" };
}

/** The response format of bge-base, which has no `usage`. */
function embeddingsBody(texts: readonly string[]): unknown {
  const data = texts.map(embedding);
  return { shape: [data.length, data[0]?.length ?? 0], data, pooling: "mean" };
}

async function generate(request: RunRequest, response: ServerResponse, count: CallCount, failure: Failure): Promise<void> {
  const prompt = (request.inputs.messages ?? []).flatMap(({ content }) => words(content));
  const completion = ["You", "asked:", ...prompt.slice(-24)];
  const usage = {
    prompt_tokens: prompt.length,
    completion_tokens: completion.length,
    total_tokens: prompt.length + completion.length,
    // the prompt starts with the instructions, and a part of the documents is written to the cache
    prompt_tokens_details: { cached_tokens: Math.floor(prompt.length / 2), cache_write_tokens: Math.floor(prompt.length / 4) },
    completion_tokens_details: { reasoning_tokens: 2 },
  };
  if (request.inputs.stream === true) {
    if (!(await streamCompletion(response, completion, usage, failure.truncate === true))) {
      count.truncated += 1;
      return;
    }
  } else {
    sendJson(response, 200, { response: completion.join(" "), usage });
  }
  count.tokens_input += usage.prompt_tokens;
  count.tokens_input_cached += usage.prompt_tokens_details.cached_tokens;
  count.tokens_input_cache_write += usage.prompt_tokens_details.cache_write_tokens;
  count.tokens_output += usage.completion_tokens;
  count.tokens_output_reasoning += usage.completion_tokens_details.reasoning_tokens;
}

/** Sends events like the platform: only the last one has the real `usage`. Returns false if the stream was truncated. */
async function streamCompletion(response: ServerResponse, completion: readonly string[], usage: Usage, truncate: boolean) {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const [index, word] of completion.entries()) {
    if (truncate && index === Math.floor(completion.length / 2)) {
      await sleep(SOCKET_FLUSH_MS);
      response.destroy();
      return false;
    }
    await sendEvent(response, JSON.stringify({ response: `${word} `, usage: ZERO_USAGE }));
  }
  await sendEvent(response, JSON.stringify({ response: "", usage }));
  await sendEvent(response, "[DONE]");
  response.end();
  return true;
}

async function sendEvent(response: ServerResponse, data: string): Promise<void> {
  if (!response.write(`data: ${data}\n\n`) && !response.destroyed) await Promise.race([once(response, "drain"), once(response, "close")]);
}
