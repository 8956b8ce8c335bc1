/** Token usage read from streams while they pass: with any chunk boundaries, in bounded memory and linear time. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { observeAi } from "../src/bindings/ai_methods.ts";
import { createUsageReader, usageOf } from "../src/bindings/usage.ts";

const utf8 = new TextEncoder();
const USAGE = 'data: {"usage":{"prompt_tokens":3,"completion_tokens":9}}\n\n';

/** Returns what is read from a response that arrives in these chunks. */
function read(chunks: Iterable<string | Uint8Array>, raw = false) {
  const { chunk: readChunk, usage: result } = createUsageReader(performance.now(), raw);
  for (const chunk of chunks) readChunk(typeof chunk === "string" ? utf8.encode(chunk) : chunk);
  return result();
}

const TOKENS = { tokens_input: 3, tokens_output: 9 };

test("the result does not depend on chunk boundaries, even within a character", () => {
  const bytes = utf8.encode(`: héllo\ndata: {"response":"wörld"}\r\n\r\n${USAGE}data: [DONE]\n\n`);
  const cutPositions = fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 30 });
  fc.assert(
    fc.property(cutPositions, (cuts) => {
      const boundaries = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const chunks = boundaries.slice(1).map((end, index) => bytes.slice(boundaries[index], end));
      expect(read(chunks, true)).toMatchObject({ ...TOKENS, response: "wörld" });
    }),
  );
});

test("the last usage is read; zeros, null and text that looks like a usage are ignored", () => {
  const forged = `data: ${JSON.stringify({ response: '"usage": {"prompt_tokens": 7}' })}\n`;
  const ignored = 'data: {"usage":null}\ndata: {"usage":{"prompt_tokens":0,"completion_tokens":0}}\n';
  expect(read([forged, 'data: {"usage":{"prompt_tokens":1}}\n', USAGE, forged, ignored])).toMatchObject(TOKENS);
  expect(read([forged, ignored])).not.toHaveProperty("tokens_input");
});

test("tokens that are in different events of a stream are read from each", () => {
  const start = 'data: {"type":"message_start","message":{"usage":{"input_tokens":3,"cache_read_input_tokens":8,"output_tokens":1}}}\n';
  const delta = 'data: {"type":"message_delta","usage":{"output_tokens":9}}\n';
  expect(read([start, delta])).toMatchObject({ tokens_input: 11, tokens_input_cached: 8, tokens_output: 9 });
});

test("an answer in JSON may have line ends anywhere, and its texts are known", () => {
  const answer = JSON.stringify({ usage: { prompt_tokens: 3, completion_tokens: 9 }, choices: [{ message: { content: "a long answer" } }] }, null, 2);
  const { chunk: readChunk, texts, usage: result } = createUsageReader(performance.now(), false, true);
  for (const character of answer) readChunk(utf8.encode(character));
  expect(result()).toMatchObject(TOKENS);
  expect(texts()).toContain("a long answer");
});

test("an event that is too long is skipped, and the next is read", () => {
  const long = `data: {"response":"${"x".repeat(400_000)}","usage":{"prompt_tokens":7}}\n`;
  const chunks = long.match(/.{1,50000}\n?/g)!; // several chunks, because the limit applies to the buffered line
  expect(read([...chunks, USAGE])).toMatchObject(TOKENS);
  expect(read(chunks)).not.toHaveProperty("tokens_input");
});

test("the response text that is collected is bounded", () => {
  const event = `data: ${JSON.stringify({ response: "x".repeat(1_000) })}\n`;
  expect(read(Array.from({ length: 400 }, () => event), true).response).toHaveLength(263_000); // the first multiple of 1,000 beyond 262,144
});

test.each([
  ["one unterminated line, byte by byte", (size: number) => Array.from({ length: size }, () => "a")],
  ["only line ends", (size: number) => ["\n".repeat(size * 20)]],
  ["events with a usage key that are not valid JSON", (size: number) => Array.from({ length: size / 10 }, () => 'data: {"usage": {"usage": {\n')],
])("reading takes linear time: %s", (_, makeChunks) => {
  const time = (size: number): number => {
    const chunks = makeChunks(size);
    const durations = Array.from({ length: 5 }, () => {
      const start = process.cpuUsage(); // other processes do not affect CPU time
      read(chunks);
      const { user, system } = process.cpuUsage(start);
      return user + system;
    });
    return Math.min(...durations);
  };
  expect(time(80_000) / time(5_000)).toBeLessThan(64); // 16 times the input; a quadratic reader would take 256 times as long
});

test("the time to first token is measured at the first event; a JSON response has none", async () => {
  const { chunk: readChunk, usage: result } = createUsageReader(performance.now() - 1_000, false);
  readChunk(utf8.encode(": a comment is not an event\n"));
  expect(result()).not.toHaveProperty("first_token_ms");
  readChunk(utf8.encode(USAGE));
  const { first_token_ms } = result();
  await new Promise((resolve) => setTimeout(resolve, 20));
  readChunk(utf8.encode(USAGE));
  expect(first_token_ms).toBeGreaterThanOrEqual(1_000);
  expect(result().first_token_ms).toBe(first_token_ms);
  expect(read(['{"response":"a"}'])).not.toHaveProperty("first_token_ms");
});

test("tokens, text and error code are read from a JSON response that arrives in single characters", () => {
  const response = JSON.stringify({ result: { usage: { prompt_tokens: 3, completion_tokens: 9 } }, response: "a\nb", errors: [{ code: 3036 }] });
  expect(read(response, true)).toEqual({ ...TOKENS, response: "a\nb", ai_code: 3036 });
});

/** Returns what is read from a parsed response, without an `ai_code` that is NaN. */
const readParsed = (response: unknown): object => {
  const { ai_code, ...usage } = usageOf(response);
  return Number.isNaN(ai_code) ? usage : { ...usage, ai_code };
};

test.each([
  [{ usage: { prompt_tokens: 3, completion_tokens: 9, total_tokens: 12 } }, { tokens_input: 3, tokens_output: 9 }],
  [{ usage: { input_tokens: 3, output_tokens: 9 } }, { tokens_input: 3, tokens_output: 9 }],
  // what is left out is the rest of a total, or unknown
  [{ result: { usage: { prompt_tokens: 3, total_tokens: 3 } } }, { tokens_input: 3, tokens_output: 0 }],
  [{ usage: { completion_tokens: 9, total_tokens: 12 } }, { tokens_input: 3, tokens_output: 9 }],
  [{ usage: { prompt_tokens: 3, total_tokens: 2 } }, { tokens_input: 3 }],
  [{ usage: { prompt_tokens: 3 } }, { tokens_input: 3 }],
  [{ usage: { completion_tokens: 9 } }, { tokens_output: 9 }],
  [{ usage: { total_tokens: 9 } }, {}],
  [{ usage: { cache_read_input_tokens: 20, output_tokens: 9 } }, { tokens_input: 20, tokens_input_cached: 20, tokens_output: 9 }],
  [{ usage: { completion_tokens: 9, prompt_tokens_details: { cached_tokens: 20, cache_write_tokens: 4 } } }, { tokens_input_cached: 20, tokens_input_cache_write: 4, tokens_output: 9 }],
  // parts of the tokens: OpenAI's forms, and Anthropic's, whose input leaves the cached ones out
  [
    { usage: { prompt_tokens: 30, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 20 }, completion_tokens_details: { reasoning_tokens: 4 } } },
    { tokens_input: 30, tokens_input_cached: 20, tokens_output: 9, tokens_output_reasoning: 4 },
  ],
  [
    { usage: { input_tokens: 30, output_tokens: 9, input_tokens_details: { cached_tokens: 0, cache_write_tokens: 5 }, output_tokens_details: { reasoning_tokens: 0 } } },
    { tokens_input: 30, tokens_input_cached: 0, tokens_input_cache_write: 5, tokens_output: 9, tokens_output_reasoning: 0 },
  ],
  [
    { usage: { input_tokens: 5, output_tokens: 9, cache_read_input_tokens: 20, cache_creation_input_tokens: 7 } },
    { tokens_input: 32, tokens_input_cached: 20, tokens_input_cache_write: 7, tokens_output: 9 },
  ],
  // what cannot be a part of the whole, or is no number, is unknown
  [{ usage: { prompt_tokens: 3, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 }, completion_tokens_details: { reasoning_tokens: 3 } } }, { tokens_input: 3, tokens_output: 2 }],
  [{ usage: { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 5, cache_write_tokens: 5 } } }, { tokens_input: 9, tokens_input_cached: 5, tokens_output: 2 }],
  [{ usage: { prompt_tokens: 3, completion_tokens: 2, prompt_tokens_details: { cached_tokens: null }, completion_tokens_details: null } }, { tokens_input: 3, tokens_output: 2 }],
  [{ usage: { prompt_tokens: -3, completion_tokens: 1.5 } }, {}],
  [{ usage: { prompt_tokens: "3" } }, {}],
  [{ usage: null }, {}],
  [null, {}],
  ["text", {}],
  [{ response: "a" }, { response: "a" }],
  [{ choices: [{ delta: { content: "b" } }] }, { response: "b" }],
  [{ choices: [{ message: { content: "c" } }] }, { response: "c" }],
  [{ response: 7 }, {}],
  [[], {}],
  [{ internalCode: 3040 }, { ai_code: 3040 }],
  [{ errors: [{ code: 3036 }] }, { ai_code: 3036 }],
])("%j is read as %j", (response, expected) => expect(readParsed(response)).toEqual(expected));

test.each([
  ["its output alone", { response: "a", usage: { completion_tokens: 9 } }, { ai_tokens_output: 9, ai_tokens_unknown_total: 1 }],
  ["its input alone", { response: "a", usage: { prompt_tokens: 3 } }, { ai_tokens_input: 3, ai_tokens_unknown_total: 1 }],
  ["its input and the total", { response: "a", usage: { prompt_tokens: 3, total_tokens: 12 } }, { ai_tokens_input: 3, ai_tokens_output: 9 }],
  ["the input of an embedding", { data: [[0.5]], usage: { prompt_tokens: 3 } }, { ai_tokens_input: 3 }],
])("of a call that reports %s, tokens are unknown where they are not said", async (_, answer, expected) => {
  const counts: Record<string, number> = {};
  const count = (metric: string, value: number): void => void (metric.startsWith("ai_tokens") && (counts[metric] = value));
  const ai = observeAi({ run: async () => answer } as never, "AI", { writeLine: () => undefined, count } as never);
  await (ai["run"] as (model: string, inputs: object) => Promise<unknown>)("m", { prompt: "hi" });
  expect(counts).toEqual(expected);
});
