/** Raw prompts and responses of models are not logged, unless the setting `debug` enables it. */

import { afterEach, expect, test } from "vitest";
import { type Line, ObservedWorker } from "./observed_worker.ts";
import { waitFor } from "./workerd.ts";

let worker: ObservedWorker;
afterEach(() => worker.stop());

const HOUR = 3_600_000;

/** Starts a Worker that calls one model without and one with streaming, and returns the lines of these calls. */
async function logModelCalls(bindings: Record<string, string>): Promise<Line[]> {
  worker = await ObservedWorker.start(bindings);
  for (const model of ["text", "chunks"]) {
    const chunks = ['data: {"response":"streamed "}\n\n', 'data: {"response":"words"}\n\n'];
    await (await worker.run("ai", { ai: JSON.stringify({ model, inputs: { prompt: "what was asked", chunks } }) })).text();
  }
  return waitFor(() => worker.lines.filter(({ message }) => message === "AI run"), (lines) => lines.length === 2);
}

test("without the setting no line contains a prompt or a response", async () => {
  await logModelCalls({});
  expect(JSON.stringify(worker.lines)).not.toMatch(/what was asked|streamed|"hi"/);
});

test("until the configured time, lines of calls contain prompt and response, and a warning logs that time", async () => {
  const until = new Date(Date.now() + HOUR).toISOString();
  const [text, streamed] = await logModelCalls({ DEBUG_UNTIL: until });
  expect(text?.metadata).toMatchObject({ prompt: expect.stringContaining("what was asked"), response: "hi" });
  expect(streamed?.metadata).toMatchObject({ response: "streamed words" });
  expect(worker.lines.filter(({ metadata }) => metadata["debug_until"])).toMatchObject([{ level: "warn", metadata: { debug_until: until } }]);
});

test.each([
  ["in the past", new Date(Date.now() - 1000).toISOString()],
  ["more than a day ahead", new Date(Date.now() + 48 * HOUR).toISOString()],
  ["invalid", "tomorrow"],
])("a time that is %s enables nothing", async (_, DEBUG_UNTIL) => {
  await logModelCalls({ DEBUG_UNTIL });
  expect(JSON.stringify(worker.lines)).not.toMatch(/what was asked|streamed|"hi"/);
});
