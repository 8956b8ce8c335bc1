/** Usage read from streams as they pass: any borders, bounded memory, linear time. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { EventReader, textOf, usageOf } from "../src/bindings/usage.ts";

const utf8 = new TextEncoder();
const USAGE = 'data: {"usage":{"prompt_tokens":3,"completion_tokens":9}}\n\n';

/** What a reader made of texts, after the last. */
function read(texts: Iterable<string | Uint8Array>, raw = false): { usage: unknown; text: string; events: number } {
  let events = 0;
  const reader = new EventReader(raw, () => void events++);
  for (const text of texts) reader.push(typeof text === "string" ? utf8.encode(text) : text);
  reader.end();
  return { usage: reader.usage, text: reader.text, events };
}

test("wherever a stream is cut, even within a letter, the same is read", () => {
  const bytes = utf8.encode(`: héllo\ndata: {"response":"wörld"}\r\n\r\n${USAGE}data: [DONE]\n\n`);
  const cuts = fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 30 });
  fc.assert(
    fc.property(cuts, (places) => {
      const borders = [0, ...places.sort((a, b) => a - b), bytes.length];
      const chunks = borders.slice(1).map((end, place) => bytes.slice(borders[place], end));
      expect(read(chunks, true)).toEqual({ usage: { input: 3, output: 9 }, text: "wörld", events: 1 });
    }),
  );
});

test("the last usage counts; zeros, null and what a model writes about usage do not", () => {
  const forged = `data: ${JSON.stringify({ response: '"usage": {"prompt_tokens": 7}' })}\n`;
  const rest = 'data: {"usage":null}\ndata: {"usage":{"prompt_tokens":0,"completion_tokens":0}}\n';
  expect(read([forged, 'data: {"usage":{"prompt_tokens":1}}\n', USAGE, forged, rest]).usage).toEqual({ input: 3, output: 9 });
  expect(read([forged, rest]).usage).toBeUndefined();
});

test("an event that is too long is passed over, and the next is read", () => {
  const long = `data: {"response":"${"x".repeat(70_000)}","usage":{"prompt_tokens":7}}\n`;
  expect(read([long, USAGE]).usage).toEqual({ input: 3, output: 9 });
  expect(read([long]).usage).toBeUndefined();
});

test("what is gathered of a long answer is bounded", () => {
  const event = `data: ${JSON.stringify({ response: "x".repeat(1_000) })}\n`;
  expect(read(Array.from({ length: 100 }, () => event), true).text).toHaveLength(33_000); // the first beyond 32,768
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

test.each([
  [{ usage: { prompt_tokens: 3, completion_tokens: 9, total_tokens: 12 } }, { input: 3, output: 9 }],
  [{ usage: { input_tokens: 3, output_tokens: 9 } }, { input: 3, output: 9 }],
  [{ result: { usage: { prompt_tokens: 3, total_tokens: 3 } } }, { input: 3, output: 0 }],
  [{ usage: { prompt_tokens: -3, completion_tokens: 1.5 } }, undefined],
  [{ usage: { prompt_tokens: "3" } }, undefined],
  [{ usage: null }, undefined],
  [null, undefined],
  ["text", undefined],
])("the usage of %j is %j", (answer, usage) => expect(usageOf(answer)).toEqual(usage));

test.each([
  [{ response: "a" }, "a"],
  [{ choices: [{ delta: { content: "b" } }] }, "b"],
  [{ choices: [{ message: { content: "c" } }] }, "c"],
  [{ response: 7 }, undefined],
  [[], undefined],
])("the text of %j is %j", (answer, text) => expect(textOf(answer)).toBe(text));
