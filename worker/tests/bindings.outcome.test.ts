/** How calls to models end, by the words of the platform and of the providers behind AI Gateway. */

import { expect, test } from "vitest";
import { errorClassOf } from "../src/bindings/outcome.ts";
import { createUsageReader, usageOf } from "../src/bindings/usage.ts";

test.each([
  [{ choices: [{ finish_reason: "stop", message: { content: "a" } }] }, "stop"],
  [{ choices: [{ finish_reason: "length" }] }, "length"],
  [{ choices: [{ finish_reason: "tool_calls", message: { tool_calls: [{ id: "1" }] } }] }, "tool_calls"],
  [{ choices: [{ finish_reason: "content_filter" }] }, "content_filter"],
  [{ choices: [{ finish_reason: null, delta: { content: "a" } }] }, undefined],
  [{ stop_reason: "end_turn", content: [{ text: "a" }] }, "stop"],
  [{ stop_reason: "max_tokens" }, "length"],
  [{ stop_reason: "refusal" }, "content_filter"],
  [{ status: "completed", incomplete_details: null }, "stop"],
  [{ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } }, "length"],
  [{ type: "response.completed", response: { status: "completed" } }, "stop"],
  [{ result: { response: "a", finish_reason: "stop" } }, "stop"],
  [{ response: null, tool_calls: [{ name: "f", arguments: {} }] }, "tool_calls"],
  // what the model does not say, or says in other words, is unknown
  [{ response: "a", tool_calls: [] }, undefined],
  [{ choices: [{ finish_reason: "a new reason" }] }, undefined],
  [{ choices: [{ finish_reason: 7 }] }, undefined],
])("the text of %j ended because of %s", (answer, reason) => {
  if (reason) expect(usageOf(answer).finish_reason).toBe(reason);
  else expect(usageOf(answer)).not.toHaveProperty("finish_reason");
});

test("the reason that a stream gives stays when later events give none", () => {
  const events = [{ choices: [{ delta: {}, finish_reason: "length" }] }, { choices: [], usage: { prompt_tokens: 1 } }];
  const { chunk, usage } = createUsageReader(performance.now(), false);
  for (const event of events) chunk(new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`));
  expect(usage()).toMatchObject({ finish_reason: "length", tokens_input: 1 });
});

test.each([
  ["vectors of Workers AI", { shape: [2, 3], data: [[1, 2, 3], [4, 5, 6]] }, { ai_embedded_texts_total: 2 }],
  ["vectors of OpenAI", { data: [{ embedding: [1] }, { embedding: [2] }, { embedding: [3] }] }, { ai_embedded_texts_total: 3 }],
  ["an image as base64", { image: "iVBORw0KGgo=" }, { ai_images_total: 1 }],
  ["images of OpenAI", { data: [{ b64_json: "iVBO" }, { b64_json: "iVBO" }] }, { ai_images_total: 2 }],
  ["documents", { data: [{ file_id: "1", content: [{ text: "a" }] }] }, undefined],
  ["calls of tools, of OpenAI", { choices: [{ message: { tool_calls: [{ id: "1", function: { name: "f" } }, { id: "2", function: { name: "g" } }] } }] }, { ai_tool_calls_total: 2 }],
  ["calls of tools, of Workers AI", { response: null, tool_calls: [{ name: "f", arguments: {} }] }, { ai_tool_calls_total: 1 }],
  ["calls of tools, of Anthropic", { content: [{ type: "text", text: "a" }, { type: "tool_use", name: "f" }] }, { ai_tool_calls_total: 1 }],
  ["calls of tools, of OpenAI's responses", { output: [{ type: "message" }, { type: "function_call", name: "f" }] }, { ai_tool_calls_total: 1 }],
  ["a text", { response: "a", tool_calls: [] }, undefined],
])("an answer with %s has its number", (_, answer, units) => expect(usageOf(answer).units).toEqual(units));

test.each([
  ["of OpenAI", ["f", undefined, "g", undefined].map((name) => ({ choices: [{ delta: { tool_calls: [{ index: 0, function: { name, arguments: "{" } }] } }] }))],
  ["of Anthropic", ["tool_use", "text", "tool_use"].map((type) => ({ type: "content_block_start", content_block: { type } }))],
])("calls of tools in a stream %s are counted once each", (_, events) => {
  const { chunk, usage } = createUsageReader(performance.now(), false);
  for (const event of events) chunk(new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`));
  expect(usage().units).toEqual({ ai_tool_calls_total: 2 });
});

test.each([
  [3036, 429, undefined, "allocation"],
  [3040, 429, undefined, "capacity"],
  [3007, undefined, undefined, "timeout"],
  [3008, 408, undefined, "timeout"],
  [NaN, 504, undefined, "timeout"],
  [NaN, undefined, Object.assign(new Error("too late"), { name: "TimeoutError" }), "timeout"],
  [5007, undefined, undefined, "no_such_model"],
  [3006, 413, undefined, "too_large"],
  [2016, 424, undefined, "safety"],
  [2017, 424, undefined, "safety"],
  [2003, 429, undefined, "rate_limit"],
  [NaN, 429, undefined, "rate_limit"],
  [NaN, undefined, new Error("429 Too Many Requests"), "rate_limit"],
  [5004, 400, undefined, "other"],
  [NaN, undefined, "thrown as a text", "other"],
  [NaN, undefined, undefined, "other"],
])("code %d, status %s and %s are an error of class %s", (code, status, error, errorClass) => {
  expect(errorClassOf(code, status, error)).toBe(errorClass);
});
