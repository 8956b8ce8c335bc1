/** The texts that a request sent to models, and got from them, are removed from all that it logs. */

import { expect, test } from "vitest";
import { observeAi } from "../src/bindings/ai_methods.ts";
import { allowedKeys, formatLine } from "../src/log_line.ts";
import { ModelTexts, textsIn } from "../src/model_texts.ts";

const PROMPT = 'My neighbour\'s dog barks at night.\nWhat can I do about it, "legally" speaking? C:\\temp\\x, naïve 😀.';
const MARK = "[redacted:prompt]";

function textsOf(...values: unknown[]): ModelTexts {
  const texts = new ModelTexts();
  for (const value of values) texts.add(() => textsIn(value));
  return texts;
}

test.each([
  ["the text itself", PROMPT],
  ["JSON", JSON.stringify(PROMPT).slice(1, -1)],
  ["JSON within JSON", JSON.stringify(JSON.stringify(PROMPT)).slice(3, -3)],
  ["JSON in ASCII", JSON.stringify(PROMPT).slice(1, -1).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)],
  ["other white space", PROMPT.replace(/\s/g, "\r\n\t ")],
  ["a cut text", PROMPT.slice(0, 40)],
])("a text is removed as %s", (_, written) => {
  const removed = textsOf({ messages: [{ role: "user", content: PROMPT }] }).remove(`failed: ${written}`);
  expect(removed.replace(/[\\"\s]+$/, "")).toBe(`failed: ${MARK}`);
});

test("every piece of 24 characters is removed, wherever it starts", () => {
  const texts = textsOf({ prompt: PROMPT });
  for (let start = 0; start + 24 <= PROMPT.length; start++) {
    const piece = PROMPT.slice(start, start + 24);
    expect(texts.remove(`<${piece}>`).replace(/[\s\\]/g, ""), piece).toMatch(/^<\[redacted:prompt\]t?>$/);
  }
});

test("a text of 8 characters is removed as a whole, and a shorter one stays", () => {
  expect(textsOf({ prompt: "a b c de" }).remove("about a b c de")).toBe(`about ${MARK}`);
  expect(textsOf({ prompt: "a b c d" }).remove("about a b c d")).toBe("about a b c d");
});

test("other texts and the names of roles stay", () => {
  const texts = textsOf({ role: "assistant", prompt: PROMPT });
  const message = "the assistant @cf/meta/llama answered 3040: out of capacity; my neighbour waits";
  expect(texts.remove(message)).toBe(message);
});

test("the texts of all calls are removed, and what a stream has sent so far", () => {
  const answer = ["The police can help you. "];
  const texts = textsOf({ prompt: PROMPT }, [{ content: "Another question of mine" }]);
  texts.add(() => answer);
  expect(texts.remove(`${answer[0]}and Another question of mine`)).toBe(`${MARK} and ${MARK}`);
  answer[0] += "Call them in the morning.";
  expect(texts.remove("so: Call them in the morning.")).toBe(`so: ${MARK}`);
});

test("a value that contains itself is read once, and vectors and bytes are not read", () => {
  const cyclic: Record<string, unknown> = { prompt: PROMPT };
  cyclic["self"] = cyclic;
  expect(textsIn(cyclic)).toEqual([PROMPT]);
  expect(textsIn({ data: [[0.5, "a text"]], image: new Uint8Array(9), text: PROMPT })).toEqual([PROMPT]);
});

test.each([
  ["throws an error that quotes the prompt", false, /"message":"5004: \{\\"prompt\\":\\"\[redacted:prompt\]/],
  ["is asked while raw texts are logged", true, /neighbour/],
])("the line of a call that %s", async (_, logsRawText, expected) => {
  const modelTexts = new ModelTexts();
  const origin = { requestId: "8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b", tenantId: "acme", route: "/chat" } as const;
  const source = { service: "worker-api", origin, keys: allowedKeys(), modelTexts, logsRawText } as const;
  const lines: string[] = [];
  const writeLine = (...[step, entry]: [never, never]): number => lines.push(formatLine(source, step, entry).text);
  const context = { ...source, writeLine, count: () => undefined } as never;
  const run = (_: string, inputs: unknown): Promise<never> => Promise.reject(new Error(`5004: ${JSON.stringify(inputs)}`, { cause: inputs }));
  await expect(observeAi({ run }, "AI", context).run("@cf/meta/llama", { prompt: PROMPT })).rejects.toThrow(/neighbour/);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(expected);
  expect(/neighbour|legally|naïve/.test(lines[0]!)).toBe(logsRawText);
});
