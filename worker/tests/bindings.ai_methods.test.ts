/** AI Gateway, AI Search and document conversion through Cloudflare's own shims, in workerd: a line each, and counters where they fit. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { type Line, ObservedWorker } from "./observed_worker.ts";
import { waitFor } from "./workerd.ts";

let worker: ObservedWorker;
beforeAll(async () => void (worker = await ObservedWorker.start()));
afterAll(() => worker.stop());

type Path = readonly (readonly unknown[])[];
const call = (path: Path): Promise<Response> => worker.run("ai methods", { path: JSON.stringify(path) });

/** Runs the calls, waits for their lines, and returns these and the increases of the counters of AI and retrieval. */
async function observed(path: Path): Promise<{ text: string; lines: Line[]; increases: Record<string, number> }> {
  let [lines, text] = [[] as Line[], ""];
  const all = await worker.increasesDuring(async () => {
    const response = await call(path);
    text = await response.text();
    lines = (await worker.completeLinesOf(response)).filter(({ metadata }) => metadata["step"] === "call");
    await waitFor(() => worker.counters(), (counters) => Object.keys(counters).length > 0);
  });
  const increases = Object.entries(all).filter(([name]) => /^(ai|rag)_/.test(name));
  return { text, lines, increases: Object.fromEntries(increases.map(([name, by]) => [name.replace(" acme /chat worker-api", ""), by])) };
}

const counted = (model: string, counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(
    Object.entries({ ai_requests_total: 1, ai_latency_ms: 1, ...counts }).map(([metric, by]) => [metric.replace(/(?= |$)/, ` ${model}`), by]),
  );
const TOKENS = { ai_tokens_input: 11, ai_tokens_output: 4, "ai_finish_reasons_total tool_calls": 1 };
const STREAM = { ai_tokens_input: 11, ai_tokens_output: 4, ai_time_to_first_token_ms: 1, ai_time_per_output_token_ms: 1, "ai_finish_reasons_total length": 1 };
const FAILED = { ai_errors_total: 1, "ai_errors_by_class_total safety": 1, "ai_finish_reasons_total error": 1 };

const LLAMA = "@cf/meta/llama-3.2-1b-instruct";
const QUESTION = "Which of my neighbours owns a dog?";
const workersAi = (headers: object = {}) => ({ provider: "workers-ai", endpoint: LLAMA, headers, query: { prompt: QUESTION } });
const OPENAI = { provider: "openai", endpoint: "chat/completions", headers: {}, query: { model: "gpt-4o-mini", messages: [{ role: "user", content: QUESTION }] } };
const gateway = (...requests: readonly object[]): Path => [["gateway", "my-gateway"], ["run", requests.length > 1 ? requests : requests[0]]];

test.each([
  ["one request", gateway(workersAi()), LLAMA, TOKENS],
  ["one to another provider", gateway(OPENAI), "openai/gpt-4o-mini", TOKENS],
  ["one by the compatible endpoint", gateway({ ...OPENAI, provider: "compat", query: { model: "google/gemini" } }), "google/gemini", TOKENS],
  ["two, of which the first is answered", gateway(workersAi({ step: "0" }), OPENAI), LLAMA, TOKENS],
  ["a stream whose tokens are in several events", gateway(workersAi({ stream: true })), LLAMA, STREAM],
  ["two that fail", gateway(workersAi({ status: 500 }), OPENAI), LLAMA, FAILED],
] as const)("AI Gateway: %s counts for the model that answered", async (_, path, model, counts) => {
  const { lines, increases } = await observed(path);
  expect(lines.map(({ message }) => message.replace(/ failed$/, ""))).toEqual(["AI gateway run"]);
  expect(lines[0]?.metadata).toMatchObject({ binding: "AI", model });
  expect(increases).toEqual(counted(model, counts));
});

test("AI Gateway: a call that the second model answers counts for that, and as a fallback of the first", async () => {
  const { lines, increases } = await observed(gateway(workersAi({ step: "1" }), OPENAI));
  expect(lines[0]?.metadata).toMatchObject({ model: "openai/gpt-4o-mini", asked_model: LLAMA });
  expect(increases).toEqual({ ...counted("openai/gpt-4o-mini", TOKENS), [`ai_fallbacks_total ${LLAMA}`]: 1 });
});

test.each([
  ["a provider's request without a model", gateway({ ...OPENAI, query: { input: QUESTION } })],
  ["an answer that does not say which of two requests it is of", gateway(workersAi(), OPENAI)],
])("AI Gateway: %s is logged with its tokens, and counts for no model", async (_, path) => {
  const { lines, increases } = await observed(path);
  expect(lines.map(({ metadata }) => [metadata["tokens_input"], metadata["tokens_output"]])).toEqual([[11, 4]]);
  expect(increases).toEqual({});
});

test("AI Gateway: the application gets the provider's answer", async () => {
  const { text } = await observed(gateway(workersAi()));
  expect(JSON.parse(text)).toMatchObject({ model: "gpt-4o-mini-2024-07-18", usage: { prompt_tokens: 11 } });
  expect((await observed(gateway(workersAi({ stream: true })))).text).toContain("Chapter 7");
});

test("AI Gateway: a refused answer has the platform's code and status", async () => {
  const { lines } = await observed(gateway(workersAi({ status: 424 })));
  expect(lines).toMatchObject([{ level: "error", status_code: 424, metadata: { ai_code: 2016 } }]);
});

const RETRIEVED = { rag_queries_total: 1, rag_retrieval_count: 1 };

test.each([
  ["search", [["autorag", "docs"], ["search", { query: QUESTION }]], "AI autorag search", 3, RETRIEVED],
  ["aiSearch", [["autorag", "docs"], ["aiSearch", { query: QUESTION }]], "AI autorag aiSearch", 3, RETRIEVED],
  ["a stream", [["autorag", "docs"], ["aiSearch", { query: QUESTION, stream: true }]], "AI autorag aiSearch", undefined, { rag_queries_total: 1 }],
] as const)("AutoRAG: %s is a query of retrieval, and of no model", async (_, path, message, documents, counts) => {
  const { text, lines, increases } = await observed(path);
  expect(text).toContain("Chapter 7");
  expect(lines.map((line) => [line.message, line.metadata["documents"], line.metadata["model"]])).toEqual([[message, documents, undefined]]);
  expect(increases).toEqual(counts);
});

test("AutoRAG: a search that fails is an error, and no query", async () => {
  const { text, lines, increases } = await observed([["autorag", "docs"], ["search", { query: `refuse: ${QUESTION}` }]]);
  expect(text).toContain(QUESTION);
  expect(lines).toMatchObject([{ level: "error", message: "AI autorag search failed", metadata: { ai_code: 7002 } }]);
  expect(increases).toEqual({});
});

test.each([
  ["of a file", [["toMarkdown", "a file"]]],
  ["by the object that it returns", [["toMarkdown"], ["transform", "a file"]]],
])("toMarkdown: a conversion %s is logged and not counted", async (_, path) => {
  const { text, lines, increases } = await observed(path);
  expect(text).toContain("Chapter 7");
  expect(lines.map(({ message, metadata }) => [message, metadata["binding"]])).toEqual([["AI toMarkdown", "AI"]]);
  expect(increases).toEqual({});
});

test("no line has a question, the text of a document, an answer, or the name of a file", async () => {
  await observed([["toMarkdown", "a file"]]);
  expect(worker.lines.length).toBeGreaterThan(10);
  const leaks = worker.lines.filter((line) => /neighbour|Chapter 7|secret-plan/.test(JSON.stringify(line)));
  expect(leaks).toEqual([]);
});
