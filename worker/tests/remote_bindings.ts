/** A fake of the remote side of Workers AI and Vectorize that Cloudflare's shims call. The model's name selects the response. */

import type { IncomingMessage, ServerResponse } from "node:http";

const USAGE = { prompt_tokens: 11, completion_tokens: 4, total_tokens: 15 };
const ZEROS = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

type Model = (response: ServerResponse, body: { inputs: { chunks?: string[] } }) => void | Promise<void>;

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "cf-ai-req-id": "id-of-ai" }).end(JSON.stringify(body));
}

const failing = (status: number, code: number, description: string): Model => (response) =>
  json(response, status, { internalCode: code, name: "InferenceUpstreamError", description });

/** Writes chunks with a pause after each, so that each arrives separately. */
async function writeChunks(response: ServerResponse, chunks: readonly (string | Uint8Array)[], type = "text/event-stream"): Promise<void> {
  response.writeHead(200, { "content-type": type });
  for (const chunk of chunks) {
    response.write(chunk);
    await pause(15);
  }
}

const event = (body: unknown): string => `data: ${JSON.stringify(body)}\n\n`;

const MODELS: Record<string, Model> = {
  text: (response) => json(response, 200, { response: "hi", usage: USAGE }),
  // a text with the parts of its tokens, and with the name of the model
  "@cf/cached/text": (response) => {
    const details = { prompt_tokens_details: { cached_tokens: 8, cache_write_tokens: 0 }, completion_tokens_details: { reasoning_tokens: 3 } };
    json(response, 200, { model: "@cf/cached/text", choices: [{ message: { content: "hi" }, finish_reason: "stop" }], usage: { ...USAGE, ...details } });
  },
  tools: (response) => {
    const tool_calls = ["f", "g"].map((name) => ({ id: name, type: "function", function: { name, arguments: "{}" } }));
    json(response, 200, { choices: [{ message: { content: null, tool_calls }, finish_reason: "tool_calls" }], usage: USAGE });
  },
  responses: (response) => json(response, 200, { status: "completed", output: [], usage: { input_tokens: 5, output_tokens: 2 } }),
  "no-usage": (response) => json(response, 200, { shape: [1, 2], data: [[1, 2]] }),
  "zero-usage": (response) => json(response, 200, { response: "", usage: ZEROS }),
  embedding: (response) => json(response, 200, { data: [[1]], usage: { prompt_tokens: 8, total_tokens: 8 } }),
  "out-of-capacity": failing(429, 3040, "Capacity temporarily exceeded, please try again."),
  blocked: failing(424, 2016, "Prompt blocked due to security configurations"),
  "quota-exceeded": failing(403, 3036, "you have used up your daily free allocation of 10,000 neurons"),
  // every event has a usage: the last is valid; text of the model that looks like a usage is not
  stream: async (response) => {
    const forged = event({ response: '"usage": {"prompt_tokens": 999}', usage: ZEROS });
    await writeChunks(response, [forged, event({ response: "b", usage: ZEROS }), event({ response: "", usage: USAGE }), "data: [DONE]\n\n"]);
    response.end();
  },
  // the test chooses the chunk boundaries
  chunks: async (response, { inputs }) => {
    await writeChunks(response, inputs.chunks ?? []);
    response.end();
  },
  "stream-cut": async (response) => {
    const cut = { choices: [{ delta: { content: "" }, finish_reason: "length" }] };
    await writeChunks(response, [{ choices: [{ delta: { content: "a" }, finish_reason: null }] }, cut, { choices: [], usage: USAGE }].map(event));
    response.end();
  },
  "stream-no-usage": async (response) => {
    await writeChunks(response, [event({ response: "a" }), "data: [DONE]\n\n"]);
    response.end();
  },
  "stream-fails": async (response) => {
    await writeChunks(response, [event({ response: "a", usage: ZEROS }), event({ response: "b", usage: ZEROS })]);
    response.destroy();
  },
  "stream-slow": async (response) => {
    for (let n = 0; n < 20 && !response.destroyed; n++) {
      if (n === 0) response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(event({ response: `word ${n}` }));
      await pause(100);
    }
    response.end(event({ response: "", usage: USAGE }));
  },
  image: async (response) => {
    await writeChunks(response, [Uint8Array.from({ length: 5000 }, (_, n) => (n + 0x89) % 256)], "image/png");
    response.end();
  },
};

const QUESTION = "Which of my neighbours owns a dog?";
const DOCUMENT = "Chapter 7: neighbours with dogs are listed by floor.";
/** An error of AI Gateway or AI Search that quotes what it was sent. */
const refusal = (code: number) => ({ success: false, errors: [{ code, message: `${code}: refused: ${QUESTION}` }] });
const RETRIEVED = { object: "vector_store.search_results.page", data: [1, 2, 3].map((id) => ({ file_id: `${id}`, content: [{ text: DOCUMENT }] })) };

/** What the other services behind the AI binding answer, by the end of the path; a query that says so is refused. */
const AI_SERVICES: Record<string, (response: ServerResponse, text: string) => void | Promise<void>> = {
  // the step that answers, and how, is in the first request's headers
  "run/my-gateway": async (response, text) => {
    const [{ headers }] = JSON.parse(text) as [{ headers: Record<string, string> }];
    if (headers["step"]) response.setHeader("cf-aig-step", headers["step"]);
    if (headers["status"]) return json(response, Number(headers["status"]), { success: false, error: [{ code: 2016, message: QUESTION }] });
    if (!headers["stream"]) {
      const answer = { model: "gpt-4o-mini-2024-07-18", choices: [{ message: { content: DOCUMENT }, finish_reason: "tool_calls" }], usage: USAGE };
      return void response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(answer, null, 2));
    }
    const start = { type: "message_start", message: { model: "claude", usage: { input_tokens: 11, output_tokens: 1 } } };
    const delta = { type: "content_block_delta", delta: { type: "text_delta", text: DOCUMENT } };
    await writeChunks(response, [start, delta, { type: "message_delta", delta: { stop_reason: "max_tokens" }, usage: { output_tokens: 4 } }].map(event));
    response.end();
  },
  "rags/docs/search": (response, text) =>
    text.includes("refuse") ? json(response, 400, refusal(7002)) : json(response, 200, { success: true, result: RETRIEVED }),
  "rags/docs/ai-search": async (response, text) => {
    if (!text.includes("stream")) return json(response, 200, { success: true, result: { ...RETRIEVED, response: DOCUMENT } });
    await writeChunks(response, [event({ response: "Chapter 7: " }), event({ response: "neighbours" }), "data: [DONE]\n\n"]);
    response.end();
  },
  "markdown/transformer": (response) =>
    json(response, 200, { success: true, result: [{ name: "secret-plan.pdf", mimeType: "application/pdf", format: "markdown", tokens: 9, data: DOCUMENT }] }),
};

function vectorize(path: string, text: string, response: ServerResponse): void {
  if (path === "/query" && (JSON.parse(text) as { vector: number[] }).vector.length === 1)
    return json(response, 400, { code: 40006, error: "the vector's length is wrong" });
  if (path === "/query") return json(response, 200, { count: 2, matches: [{ id: "a", score: 1 }, { id: "b", score: 0.5 }] });
  json(response, 200, { mutationId: "m" });
}

export async function serveRemoteBinding(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  if (request.headers["mf-binding"] === "VECTORIZE") return vectorize(new URL(String(request.headers["mf-url"])).pathname, text, response);
  if (text === "") return void response.writeHead(404).end(); // the shim first tries to open an RPC session
  const url = String(request.headers["mf-url"]);
  const service = Object.keys(AI_SERVICES).find((path) => url.endsWith(path));
  if (service) return AI_SERVICES[service]!(response, text);
  const model = String(request.headers["mf-header-cf-consn-model-id"]);
  await MODELS[model]!(response, JSON.parse(text) as { inputs: object });
}
