/** Workers AI through Cloudflare's own shim, in workerd: what the application gets, what is told and what is counted. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { type Line, Observed } from "./observe.running.ts";
import { until } from "./workerd.ts";

let worker: Observed;
beforeAll(async () => void (worker = await Observed.start()));
afterAll(() => worker.stop());

type Given = readonly [model: string, inputs?: object, options?: object];
const asking = ([model, inputs = {}, options]: Given): Promise<Response> => worker.ask("ai", { ai: JSON.stringify({ model, inputs, options }) });

/** The line of the request's call to the model. */
async function call(answer: Response): Promise<Line> {
  const calls = (): Line[] => worker.of(answer).filter(({ metadata }) => metadata["step"] === "call");
  return (await until(calls, (lines) => lines.length === 1))[0]!;
}

const STREAM = { stream: true };
const TOKENS = { ai_tokens_input: 11, ai_tokens_output: 4 };
const FIRST = { ai_time_to_first_token_ms: 1 };
const UNKNOWN = { ai_tokens_unknown_total: 1 };
const RAW = { returnRawResponse: true };

test.each([
  [["text"], TOKENS],
  [["responses"], { ai_tokens_input: 5, ai_tokens_output: 2 }],
  [["embedding"], { ai_tokens_input: 8 }],
  [["no-usage"], UNKNOWN],
  [["zero-usage"], UNKNOWN],
  [["full"], { ai_errors_total: 1 }],
  [["stream", STREAM], { ...TOKENS, ...FIRST }],
  [["stream-no-usage", STREAM], { ...UNKNOWN, ...FIRST }],
  [["picture", STREAM], UNKNOWN],
  [["text", {}, RAW], TOKENS],
  [["stream", STREAM, RAW], { ...TOKENS, ...FIRST }],
  [["full", {}, RAW], { ai_errors_total: 1 }],
] as [Given, Record<string, number>][])("%j counts %j", async (given, counts) => {
  const grown = await worker.grown(async () => call(await asking(given)));
  const expected = Object.entries({ ai_requests_total: 1, ai_latency_ms: 1, ...counts });
  const series = expected.map(([metric, count]) => [`${metric} acme /chat worker-api ${given[0]}`, count]);
  const ofAi = Object.entries(grown).filter(([name]) => name.startsWith("ai_"));
  expect(Object.fromEntries(ofAi)).toEqual(Object.fromEntries(series));
});

test.each([
  ["full", 3040, "3040: Capacity temporarily exceeded, please try again."],
  ["used-up", 3036, "3036: you have used up your daily free allocation of 10,000 neurons"],
])("%s is told by the platform's code %i, and thrown to the application as it is", async (model, code, message) => {
  const answer = await asking([model]);
  expect(await answer.text()).toBe(message);
  const metadata = { model, binding: "AI", ai_code: code };
  expect(await call(answer)).toMatchObject({ level: "error", message: "AI run failed", error: { message }, metadata });
});

test("a raw response that refuses is told by its code too", async () => {
  const answer = await asking(["used-up", {}, RAW]);
  expect(JSON.parse(await answer.text())).toMatchObject({ internalCode: 3036 });
  expect(await call(answer)).toMatchObject({ level: "error", status_code: 403, metadata: { ai_code: 3036 } });
});

test("the line of a call has its own latency, its tokens and its time to the first event", async () => {
  const { latency_ms, metadata } = await call(await asking(["stream", STREAM]));
  expect(metadata).toEqual({ step: "call", binding: "AI", model: "stream", tokens_input: 11, tokens_output: 4, first_token_ms: expect.any(Number) });
  expect(latency_ms).toBeGreaterThan(metadata["first_token_ms"] as number); // three more events, 15 ms each
});

test("the application gets the binding's own answers and properties", async () => {
  const answer = await asking(["text"]);
  expect(JSON.parse(await answer.text())).toMatchObject({ response: "hi", usage: { total_tokens: 15 } });
  expect(answer.headers.get("last-id")).toBe("id-of-ai");
});

test("usage is read across any borders of chunks, with any line ends, and a last line without one", async () => {
  const event = 'data: {"response":"ü","usage":{"prompt_tokens":3,"completion_tokens":9}}';
  const cut = [event.slice(0, 30), `${event.slice(30)}\r\n\r\n`];
  for (const parts of [[...event], cut, [`: comment\n${event}\n\ndata: [DONE]\n\n`]]) {
    const { metadata } = await call(await asking(["parts", { stream: true, parts }]));
    expect([metadata["tokens_input"], metadata["tokens_output"]]).toEqual([3, 9]);
  }
});

test("a stream that breaks is an error whose tokens are unknown; nothing of it is held back", async () => {
  const asked = asking(["stream-breaks", STREAM]);
  const grown = await worker.grown(async () => expect(await call(await asked)).toMatchObject({ level: "error", message: "AI run failed" }));
  const [model, route] = ["stream-breaks", "acme /chat worker-api"];
  expect(grown).toMatchObject({ [`ai_errors_total ${route} ${model}`]: 1, [`ai_tokens_unknown_total ${route} ${model}`]: 1 });
  expect(grown).not.toHaveProperty(`ai_tokens_input ${route} ${model}`);
});

test("an application that leaves a stream ends the call; that is no error", async () => {
  const answer = await worker.ask("ai stream left");
  expect(await call(answer)).toMatchObject({ level: "info", metadata: { model: "stream-slow" } });
});

test("an application may read a model's stream into buffers of its own", async () => {
  const sizes = (await (await worker.ask("ai stream into a buffer")).json()) as number[];
  const whole = await (await asking(["stream", STREAM])).text();
  expect([Math.max(...sizes), sizes.reduce((sum, size) => sum + size)]).toEqual([16, whole.length]); // buffers of 16 bytes
});

test("a model's stream reaches the caller event by event, while the next is not made yet", async () => {
  const answer = await worker.ask("ai stream");
  const reader = answer.body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: {"response":"word 0"}\n\n');
  await reader.cancel();
});
