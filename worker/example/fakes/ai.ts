/** The remote side of Workers AI: answers that are made of the question, with the platform's shapes, codes and streams. */

import { once } from "node:events";
import type { ServerResponse } from "node:http";

import type { Books, Entry } from "./books.ts";
import type { Order, Orders } from "./orders.ts";
import { answer, type Forwarded, pause } from "./remote.ts";
import { embedding, words } from "./words.ts";

interface Asked {
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
}

const REFUSALS: Readonly<Record<number, string>> = {
  3036: "you have used up your daily free allocation of 10,000 neurons",
  3040: "Capacity temporarily exceeded, please try again.",
};
/** After so long, what was sent has arrived; a socket that is destroyed at once takes it along. */
const SEEN_MS = 100;
const NOTHING_YET: Usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

/** Answer a call of `env.AI.run`. */
export async function ai(call: Forwarded, response: ServerResponse, books: Books, orders: Orders): Promise<void> {
  const asked = JSON.parse(call.body) as Asked;
  const tenant = asked.options?.gateway?.metadata?.tenant ?? "";
  const named = { binding: "AI", tenant, model: call.header("cf-consn-model-id"), operation: "run" } as const;
  const entry = books.enter(named);
  const order = orders.meet(named);
  if (order.wait !== undefined) await pause(order.wait);
  if (order.refuse !== undefined) {
    entry.refused += 1;
    answer(response, order.refuse === 3040 ? 429 : 403, refusal(order.refuse));
  } else if (asked.inputs.text !== undefined) {
    entry.untold += 1;
    answer(response, 200, embeddings([asked.inputs.text].flat()));
  } else {
    await generation(asked, response, entry, order);
  }
}

function refusal(code: number): unknown {
  return { internalCode: code, name: "InferenceUpstreamError", description: REFUSALS[code] ?? "it does not work" };
}

/** As bge-base answers: without `usage`. */
function embeddings(texts: readonly string[]): unknown {
  const data = texts.map(embedding);
  return { shape: [data.length, data[0]?.length ?? 0], data, pooling: "mean" };
}

async function generation(asked: Asked, response: ServerResponse, entry: Entry, order: Order): Promise<void> {
  const prompt = (asked.inputs.messages ?? []).flatMap(({ content }) => words(content));
  const written = ["You", "asked:", ...prompt.slice(-24)];
  const usage = { prompt_tokens: prompt.length, completion_tokens: written.length };
  const told = { ...usage, total_tokens: prompt.length + written.length };
  if (asked.inputs.stream === true) {
    if (!(await streamed(response, written, told, order.cut === true))) {
      entry.cut += 1;
      return;
    }
  } else {
    answer(response, 200, { response: written.join(" "), usage: told });
  }
  entry.tokens_input += usage.prompt_tokens;
  entry.tokens_output += usage.completion_tokens;
}

/** Events as the platform sends them: `usage` counts in the last one alone. False: the stream was cut. */
async function streamed(response: ServerResponse, written: readonly string[], usage: Usage, cut: boolean) {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const [place, word] of written.entries()) {
    if (cut && place === Math.floor(written.length / 2)) {
      await pause(SEEN_MS);
      response.destroy();
      return false;
    }
    await event(response, JSON.stringify({ response: `${word} `, usage: NOTHING_YET }));
  }
  await event(response, JSON.stringify({ response: "", usage }));
  await event(response, "[DONE]");
  response.end();
  return true;
}

async function event(response: ServerResponse, data: string): Promise<void> {
  if (!response.write(`data: ${data}\n\n`) && !response.destroyed) await Promise.race([once(response, "drain"), once(response, "close")]);
}
