/** Usage read from streams as they pass: any borders, bounded memory, linear time. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { reading, toldBy } from "../src/bindings/usage.ts";

const utf8 = new TextEncoder();
const USAGE = 'data: {"usage":{"prompt_tokens":3,"completion_tokens":9}}\n\n';

/** What is read of an answer that passes as these texts. */
function read(texts: Iterable<string | Uint8Array>, raw = false) {
  const { chunk, told } = reading(performance.now(), raw);
  for (const text of texts) chunk(typeof text === "string" ? utf8.encode(text) : text);
  return told();
}

const TOKENS = { tokens_input: 3, tokens_output: 9 };

test("wherever a stream is cut, even within a letter, the same is read", () => {
  const bytes = utf8.encode(`: héllo\ndata: {"response":"wörld"}\r\n\r\n${USAGE}data: [DONE]\n\n`);
  const cuts = fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 30 });
  fc.assert(
    fc.property(cuts, (places) => {
      const borders = [0, ...places.sort((a, b) => a - b), bytes.length];
      const chunks = borders.slice(1).map((end, place) => bytes.slice(borders[place], end));
      expect(read(chunks, true)).toMatchObject({ ...TOKENS, response: "wörld" });
    }),
  );
});

test("the last usage counts; zeros, null and what a model writes about usage do not", () => {
  const forged = `data: ${JSON.stringify({ response: '"usage": {"prompt_tokens": 7}' })}\n`;
  const rest = 'data: {"usage":null}\ndata: {"usage":{"prompt_tokens":0,"completion_tokens":0}}\n';
  expect(read([forged, 'data: {"usage":{"prompt_tokens":1}}\n', USAGE, forged, rest])).toMatchObject(TOKENS);
  expect(read([forged, rest])).not.toHaveProperty("tokens_input");
});

test("an event that is too long is passed over, and the next is read", () => {
  const long = `data: {"response":"${"x".repeat(400_000)}","usage":{"prompt_tokens":7}}\n`;
  const parts = long.match(/.{1,50000}\n?/g)!; // as they come, for a reader keeps what it has begun to read
  expect(read([...parts, USAGE])).toMatchObject(TOKENS);
  expect(read(parts)).not.toHaveProperty("tokens_input");
});

test("what is gathered of a long answer is bounded", () => {
  const event = `data: ${JSON.stringify({ response: "x".repeat(1_000) })}\n`;
  expect(read(Array.from({ length: 400 }, () => event), true).response).toHaveLength(263_000); // the first beyond 262,144
});

test.each([
  ["one line without an end, byte by byte", (size: number) => Array.from({ length: size }, () => "a")],
  ["line ends alone", (size: number) => ["\n".repeat(size * 20)]],
  ["events that promise a usage and are no JSON", (size: number) => Array.from({ length: size / 10 }, () => 'data: {"usage": {"usage": {\n')],
])("four times as much takes about four times as long: %s", (_, made) => {
  const time = (size: number): number => {
    const texts = made(size);
    const took = Array.from({ length: 5 }, () => {
      const beganAt = performance.now();
      read(texts);
      return performance.now() - beganAt;
    });
    return Math.min(...took);
  };
  expect(time(80_000) / time(20_000)).toBeLessThan(10); // a quadratic reader takes 16 times as long
});

test("the time to the first event is that of the first; an answer in JSON has none", async () => {
  const { chunk, told } = reading(performance.now() - 1_000, false);
  chunk(utf8.encode(": a comment is no event\n"));
  expect(told()).not.toHaveProperty("first_token_ms");
  chunk(utf8.encode(USAGE));
  const { first_token_ms } = told();
  await new Promise((done) => setTimeout(done, 20));
  chunk(utf8.encode(USAGE));
  expect(first_token_ms).toBeGreaterThanOrEqual(1_000);
  expect(told().first_token_ms).toBe(first_token_ms);
  expect(read(['{"response":"a"}'])).not.toHaveProperty("first_token_ms");
});

test("an answer in JSON is read to its end, in whatever pieces: tokens, text, and an error's code", () => {
  const answer = JSON.stringify({ result: { usage: { prompt_tokens: 3, completion_tokens: 9 } }, response: "a\nb", errors: [{ code: 3036 }] });
  expect(read(answer, true)).toEqual({ ...TOKENS, response: "a\nb", ai_code: 3036 });
});

const known = (answer: unknown): object => {
  const { ai_code, ...told } = toldBy(answer);
  return Number.isNaN(ai_code) ? told : { ...told, ai_code };
};

test.each([
  [{ usage: { prompt_tokens: 3, completion_tokens: 9, total_tokens: 12 } }, { tokens_input: 3, tokens_output: 9 }],
  [{ usage: { input_tokens: 3, output_tokens: 9 } }, { tokens_input: 3, tokens_output: 9 }],
  [{ result: { usage: { prompt_tokens: 3, total_tokens: 3 } } }, { tokens_input: 3, tokens_output: 0 }],
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
])("%j tells %j", (answer, told) => expect(known(answer)).toEqual(told));
