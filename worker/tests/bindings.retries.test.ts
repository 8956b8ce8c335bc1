/** Calls of a request that failed: a repetition is a retry, and another model that answers the same input a fallback. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { observeAi } from "../src/bindings/ai_methods.ts";
import { type Line, ObservedWorker } from "./observed_worker.ts";

type Run = (model: string, inputs: unknown, options?: object) => Promise<unknown>;

/** A request to a Worker whose models answer as `answers` say, in this order: an Error is thrown. */
class FakeRequest {
  readonly retries: string[] = [];
  readonly fallbacks: string[] = [];
  readonly run: Run;

  constructor(...answers: unknown[]) {
    const count = (metric: string, _: number, labels?: { model?: string }): void => {
      if (metric === "ai_retries_total") this.retries.push(labels!.model!);
      if (metric === "ai_fallbacks_total") this.fallbacks.push(labels!.model!);
    };
    const run: Run = async () => {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    };
    this.run = observeAi({ run } as never, "AI", { writeLine: () => undefined, count, failedCalls: [] } as never)["run"] as Run;
  }

  /** Calls models one after the other, and forgets their errors. */
  async calls(...asked: readonly (readonly [model: string, inputs: unknown])[]): Promise<string[]> {
    for (const [model, inputs] of asked) await this.run(model, inputs).catch(() => undefined);
    return this.retries;
  }
}

const FAILURE = new Error("3040: Capacity temporarily exceeded, please try again.");
const ANSWER = { response: "yes" };
const prompt = (content: string): object => ({ messages: [{ role: "system", content: "Be kind. ".repeat(2_000) }, { role: "user", content }] });

test("each further call for the same is a retry, also with new objects, and one after an answer is none", async () => {
  const request = new FakeRequest(FAILURE, FAILURE, ANSWER);
  expect(await request.calls(["m", prompt("Why?")], ["m", prompt("Why?")], ["m", prompt("Why?")])).toEqual(["m", "m"]);
  expect(await new FakeRequest(ANSWER, ANSWER).calls(["m", prompt("Why?")], ["m", prompt("Why?")])).toEqual([]);
});

test.each([
  ["another prompt", ["m", prompt("How?")]],
  ["another model", ["other", prompt("Why?")]],
] as const)("%s after a failure is no retry", async (_, next) => {
  expect(await new FakeRequest(FAILURE, ANSWER).calls(["m", prompt("Why?")], next)).toEqual([]);
});

test("a failed call of another request, and one that has not failed yet, make no retry", async () => {
  await new FakeRequest(FAILURE).calls(["m", "text"]);
  const request = new FakeRequest(FAILURE, FAILURE);
  await Promise.allSettled([request.run("m", "text"), request.run("m", "text")]);
  expect(request.retries).toEqual([]);
});

test("a stream that breaks has failed", async () => {
  const request = new FakeRequest(new ReadableStream({ pull: (controller) => controller.error(FAILURE) }), ANSWER);
  const stream = (await request.run("m", "text")) as ReadableStream;
  await expect(new Response(stream).text()).rejects.toThrow();
  expect(await request.calls(["m", "text"])).toEqual(["m"]);
});

test("another model that answers what a model failed to answer is a fallback for that", async () => {
  const request = new FakeRequest(FAILURE, FAILURE, FAILURE, ANSWER, ANSWER);
  await request.calls(["first", prompt("Why?")], ["first", prompt("Why?")], ["second", prompt("Why?")], ["third", prompt("Why?")]);
  expect([request.retries, request.fallbacks]).toEqual([["first"], ["first"]]);
  await request.calls(["third", prompt("How?")]);
  expect(request.fallbacks).toEqual(["first"]);
});

test("bytes are compared by their length", async () => {
  const audio = (length: number): object => ({ audio: new Uint8Array(length) });
  expect(await new FakeRequest(FAILURE, ANSWER, ANSWER).calls(["m", audio(9)], ["m", audio(9)], ["m", audio(8)])).toEqual(["m"]);
});

let worker: ObservedWorker;
beforeAll(async () => void (worker = await ObservedWorker.start()));
afterAll(() => worker.stop());

test.each([
  ["throw", {}, true],
  ["answer with an error status", { returnRawResponse: true }, true],
  ["answer with an error status and a body that nobody reads", { returnRawResponse: true }, false],
])("in workerd, of three calls that %s two are retries; each ends before the request, which waits", async (_, options, isRead) => {
  let lines: Line[] = [];
  const increases = await worker.increasesDuring(async () => {
    const response = await worker.run("ai retries", { ai: JSON.stringify({ model: "out-of-capacity", options, isRead }) });
    expect(await response.text()).toBe("3 calls failed");
    lines = await worker.completeLinesOf(response);
  });
  const ofCalls = Object.entries(increases).filter(([name]) => /^ai_(requests|errors|retries)_total/.test(name));
  const series = "acme /chat worker-api out-of-capacity";
  expect(Object.fromEntries(ofCalls)).toEqual({
    [`ai_requests_total ${series}`]: 3,
    [`ai_errors_total ${series}`]: 3,
    [`ai_retries_total ${series}`]: 2,
  });
  const [answer] = lines.filter(({ message }) => message === "answered");
  const calls = lines.filter(({ message }) => message === "AI run failed");
  expect(calls).toHaveLength(3);
  for (const { latency_ms } of calls) expect(latency_ms! + 200).toBeLessThanOrEqual(answer!.latency_ms!);
});

test("an error that is passed on as the answer is classed by its body", async () => {
  const increases = await worker.increasesDuring(async () => {
    const response = await worker.run("ai passed on", { ai: "out-of-capacity" });
    expect(response.status).toBe(429);
    await response.text();
    await worker.completeLinesOf(response);
  });
  const classes = Object.keys(increases).filter((name) => name.startsWith("ai_errors_by_class_total"));
  expect(classes).toEqual(["ai_errors_by_class_total acme /chat worker-api out-of-capacity capacity"]);
});
