/** Workers AI through Cloudflare's own shim, in workerd: the application's results, the log lines and the counters. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { CALL_IDS, type Line, ObservedWorker } from "./observed_worker.ts";
import { waitFor } from "./workerd.ts";

let worker: ObservedWorker;
beforeAll(async () => void (worker = await ObservedWorker.start()));
afterAll(() => worker.stop());

type RunArguments = readonly [model: string, inputs?: object, options?: object];
const runModel = ([model, inputs = {}, options]: RunArguments): Promise<Response> =>
  worker.run("ai", { ai: JSON.stringify({ model, inputs, options }) });

/** Waits for the line of the request's call to the model. */
async function callLine(response: Response): Promise<Line> {
  const calls = (): Line[] => worker.linesOf(response).filter(({ metadata }) => metadata["step"] === "call");
  return (await waitFor(calls, (lines) => lines.length === 1))[0]!;
}

const STREAM = { stream: true };
const TOKENS = { ai_tokens_input: 11, ai_tokens_output: 4 };
const FIRST_TOKEN = { ai_time_to_first_token_ms: 1 };
const STREAMED = { ...TOKENS, ...FIRST_TOKEN, ai_time_per_output_token_ms: 1 };
const UNKNOWN_TOKENS = { ai_tokens_unknown_total: 1 };
const RAW = { returnRawResponse: true };
const OUT_OF_CAPACITY = { ai_errors_total: 1, "ai_errors_by_class_total capacity": 1, "ai_finish_reasons_total error": 1 };
/** What native answers of Workers AI do not say. */
const UNKNOWN_REASON = { "ai_finish_reasons_total unknown": 1 };

test.each([
  [["text"], { ...TOKENS, ...UNKNOWN_REASON }],
  [["responses"], { ai_tokens_input: 5, ai_tokens_output: 2, "ai_finish_reasons_total stop": 1 }],
  [["embedding"], { ai_tokens_input: 8, ai_embedded_texts_total: 1 }],
  [["no-usage"], { ...UNKNOWN_TOKENS, ai_embedded_texts_total: 1 }],
  [["zero-usage"], { ...UNKNOWN_TOKENS, ...UNKNOWN_REASON }],
  [["out-of-capacity"], OUT_OF_CAPACITY],
  [["blocked"], { ai_errors_total: 1, "ai_errors_by_class_total safety": 1, "ai_finish_reasons_total error": 1 }],
  [["stream", STREAM], { ...STREAMED, ...UNKNOWN_REASON }],
  [["stream-cut", STREAM], { ...STREAMED, "ai_finish_reasons_total length": 1 }],
  [["stream-no-usage", STREAM], { ...UNKNOWN_TOKENS, ...FIRST_TOKEN, ...UNKNOWN_REASON }],
  [["image", STREAM], { ...UNKNOWN_TOKENS, ai_images_total: 1 }],
  [["tools"], { ...TOKENS, ai_tool_calls_total: 2, "ai_finish_reasons_total tool_calls": 1 }],
  [["text", {}, RAW], { ...TOKENS, ...UNKNOWN_REASON }],
  [["stream", STREAM, RAW], { ...STREAMED, ...UNKNOWN_REASON }],
  [["out-of-capacity", {}, RAW], OUT_OF_CAPACITY],
] as [RunArguments, Record<string, number>][])("a call with %j increases %j, and requests and latency by 1", async (runArguments, counts) => {
  const increases = await worker.increasesDuring(async () => callLine(await runModel(runArguments)));
  const expected = Object.entries({ ai_requests_total: 1, ai_latency_ms: 1, ...counts });
  const series = expected.map(([metric, count]) => [metric.replace(/(?= |$)/, ` acme /chat worker-api ${runArguments[0]}`), count]);
  const aiIncreases = Object.entries(increases).filter(([name]) => name.startsWith("ai_"));
  expect(Object.fromEntries(aiIncreases)).toEqual(Object.fromEntries(series));
});

test.each([
  ["out-of-capacity", 3040, "3040: Capacity temporarily exceeded, please try again."],
  ["quota-exceeded", 3036, "3036: you have used up your daily free allocation of 10,000 neurons"],
])("an error of model %s is logged with the platform's code %i, and thrown to the application unchanged", async (model, code, message) => {
  const response = await runModel([model]);
  expect(await response.text()).toBe(message);
  const metadata = { model, binding: "AI", ai_code: code, error_class: code === 3036 ? "allocation" : "capacity", finish_reason: "error" };
  expect(await callLine(response)).toMatchObject({ level: "error", message: "AI run failed", error: { message }, metadata });
});

test("a raw error response is logged with the platform's code too", async () => {
  const response = await runModel(["quota-exceeded", {}, RAW]);
  expect(JSON.parse(await response.text())).toMatchObject({ internalCode: 3036 });
  expect(await callLine(response)).toMatchObject({ level: "error", status_code: 403, metadata: { ai_code: 3036 } });
});

test("the line of a call has its own latency, tokens and time to first token", async () => {
  const { latency_ms, metadata } = await callLine(await runModel(["stream", STREAM]));
  const tokens = { tokens_input: 11, tokens_output: 4, first_token_ms: expect.any(Number) };
  expect(metadata).toEqual({ ...CALL_IDS, step: "call", binding: "AI", model: "stream", finish_reason: "unknown", ...tokens });
  expect(latency_ms).toBeGreaterThan(metadata["first_token_ms"] as number); // three more events, 15 ms each
});

test("parts of the tokens are counted beside their total, one that is reported as 0 too, and logged with the model's name", async () => {
  const model = "@cf/cached/text";
  const counters = (): Promise<Record<string, number>> => worker.counters();
  const { metadata } = await callLine(await runModel([model]));
  const parts = { tokens_input_cached: 8, tokens_input_cache_write: 0, tokens_output_reasoning: 3 };
  expect(metadata).toEqual({ ...CALL_IDS, step: "call", binding: "AI", model, finish_reason: "stop", tokens_input: 11, tokens_output: 4, ...parts });
  const counted = await waitFor(counters, (all) => `ai_requests_total acme /chat worker-api ${model}` in all);
  const ofModel = Object.entries(counted).filter(([name]) => name.startsWith("ai_tokens") && name.endsWith(model));
  expect(Object.fromEntries(ofModel.map(([name, value]) => [name.split(" ")[0], value]))).toEqual({
    ai_tokens_input: 11,
    ai_tokens_input_cached_total: 8,
    ai_tokens_input_cache_write_total: 0,
    ai_tokens_output: 4,
    ai_tokens_output_reasoning_total: 3,
  });
});

test("the time per output token is that of the tokens after the first", async () => {
  const observed: Record<string, [value: number, labels: object]> = {};
  const context = { writeLine: () => undefined, count: (metric: string, value: number, labels: object) => (observed[metric] = [value, labels]) };
  const { observeAi } = await import("../src/bindings/ai_methods.ts");
  const chunks = ['data: {"response":"a"}\n', 'data: {"usage":{"prompt_tokens":1,"completion_tokens":6}}\n'];
  const body = new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      const chunk = chunks.shift();
      if (chunk) controller.enqueue(new TextEncoder().encode(chunk));
      else controller.close();
    },
  });
  const stream = await observeAi({ run: async (..._: unknown[]) => body }, "AI", context as never).run("m", {});
  await new Response(stream as ReadableStream).text();
  const [latency, firstToken, tokenTime] = ["ai_latency_ms", "ai_time_to_first_token_ms", "ai_time_per_output_token_ms"].map((name) => observed[name]![0]);
  expect(latency! - firstToken!).toBeGreaterThan(100);
  expect(tokenTime! * 5).toBeCloseTo(latency! - firstToken!, 5);
});

test("the application gets the binding's own results and properties", async () => {
  const response = await runModel(["text"]);
  expect(JSON.parse(await response.text())).toMatchObject({ response: "hi", usage: { total_tokens: 15 } });
  expect(response.headers.get("last-id")).toBe("id-of-ai");
});

test("usage is read across any chunk boundaries, with any line endings, and from an unterminated last line", async () => {
  const event = 'data: {"response":"ü","usage":{"prompt_tokens":3,"completion_tokens":9}}';
  const cut = [event.slice(0, 30), `${event.slice(30)}\r\n\r\n`];
  for (const chunks of [[...event], cut, [`: comment\n${event}\n\ndata: [DONE]\n\n`]]) {
    const { metadata } = await callLine(await runModel(["chunks", { stream: true, chunks }]));
    expect([metadata["tokens_input"], metadata["tokens_output"]]).toEqual([3, 9]);
  }
});

test("a stream that fails is an error with unknown tokens", async () => {
  const pending = runModel(["stream-fails", STREAM]);
  const increases = await worker.increasesDuring(async () =>
    expect(await callLine(await pending)).toMatchObject({ level: "error", message: "AI run failed" }),
  );
  const [model, route] = ["stream-fails", "acme /chat worker-api"];
  expect(increases).toMatchObject({ [`ai_errors_total ${route} ${model}`]: 1, [`ai_tokens_unknown_total ${route} ${model}`]: 1 });
  expect(increases).not.toHaveProperty(`ai_tokens_input ${route} ${model}`);
});

test("an application that cancels a stream ends the call without an error", async () => {
  const response = await worker.run("ai stream cancelled");
  expect(await callLine(response)).toMatchObject({ level: "info", metadata: { model: "stream-slow" } });
});

test("an application may read a model's stream with a BYOB reader", async () => {
  const sizes = (await (await worker.run("ai stream with BYOB reader")).json()) as number[];
  const text = await (await runModel(["stream", STREAM])).text();
  expect([Math.max(...sizes), sizes.reduce((sum, size) => sum + size)]).toEqual([16, text.length]); // the buffers have 16 bytes
});

test("each event of a model's stream reaches the caller before the next is produced", async () => {
  const response = await worker.run("ai stream");
  const reader = response.body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: {"response":"word 0"}\n\n');
  await reader.cancel();
});
