/** Raw prompts and answers: in no line, unless debugging is switched on by the explicit setting. */

import { afterEach, expect, test } from "vitest";
import { type Line, Observed } from "./observe.running.ts";
import { until } from "./workerd.ts";

let worker: Observed;
afterEach(() => worker.stop());

const HOUR = 3_600_000;

/** The lines of calls to a model that answers at once, and to one that streams. */
async function calls(bindings: Record<string, string>): Promise<Line[]> {
  worker = await Observed.start(bindings);
  for (const model of ["text", "parts"]) {
    const parts = ['data: {"response":"streamed "}\n\n', 'data: {"response":"words"}\n\n'];
    await (await worker.ask("ai", { ai: JSON.stringify({ model, inputs: { prompt: "what was asked", parts } }) })).text();
  }
  return until(() => worker.lines.filter(({ message }) => message === "AI run"), (lines) => lines.length === 2);
}

test("without the setting no line holds what was asked or answered", async () => {
  await calls({});
  expect(JSON.stringify(worker.lines)).not.toMatch(/what was asked|streamed|"hi"/);
});

test("until the time that is set, calls tell prompt and response, and a line says until when", async () => {
  const until = new Date(Date.now() + HOUR).toISOString();
  const [text, parts] = await calls({ DEBUG_UNTIL: until });
  expect(text?.metadata).toMatchObject({ prompt: expect.stringContaining("what was asked"), response: "hi" });
  expect(parts?.metadata).toMatchObject({ response: "streamed words" });
  expect(worker.lines.filter(({ metadata }) => metadata["debug_until"])).toMatchObject([{ level: "warn", metadata: { debug_until: until } }]);
});

test.each([
  ["is over", new Date(Date.now() - 1000).toISOString()],
  ["is more than a day ahead", new Date(Date.now() + 48 * HOUR).toISOString()],
  ["is no time", "tomorrow"],
])("a time that %s switches nothing on", async (_, DEBUG_UNTIL) => {
  await calls({ DEBUG_UNTIL });
  expect(JSON.stringify(worker.lines)).not.toMatch(/what was asked|streamed|"hi"/);
});
