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
  responses: (response) => json(response, 200, { output: [], usage: { input_tokens: 5, output_tokens: 2 } }),
  "no-usage": (response) => json(response, 200, { shape: [1, 2], data: [[1, 2]] }),
  "zero-usage": (response) => json(response, 200, { response: "", usage: ZEROS }),
  embedding: (response) => json(response, 200, { data: [[1]], usage: { prompt_tokens: 8, total_tokens: 8 } }),
  "out-of-capacity": failing(429, 3040, "Capacity temporarily exceeded, please try again."),
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
    await writeChunks(response, [Uint8Array.from({ length: 5000 }, (_, n) => n % 256)], "image/png");
    response.end();
  },
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
  const model = String(request.headers["mf-header-cf-consn-model-id"]);
  await MODELS[model]!(response, JSON.parse(text) as { inputs: object });
}
