/** Whatever function of the library throws, the caller gets the answer of the bare Worker. */

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { DEFINITION, faultyFunctions } from "./throwing_functions.ts";
import { Pair } from "./transparency.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 }); // workerd starts slowly on a busy machine

const PATHS = ["/text", "/error", "/chunks", "/upstream/long", "/kv", "/d1", "/r2", "/object", "/model", "/model-stream", "/gateway", "/search", "/markdown"];
/** Functions in which the handler or a call to a binding runs, so that they cannot be left out: they guard all others. */
const GUARDS = [
  "observe.answerRequest",
  "observe.answerRequest.handle",
  "request_log.withRequestLog",
  "response.finishRequest",
  "diagnostics.runSafely",
  "env.observeEnv.get",
  "env.observeEnv.read",
  "call.memberOf",
  "call.observedResult",
  "call.withReplacedMembers.get",
  "call.observeMethod.safely",
  "ai.observeAnswer.chunk",
  "stores.observeR2.observed",
  "rpc.observeStub.get",
  "rpc.observeMember.apply",
];

let pair: Pair;
beforeAll(async () => {
  const bindings = { kvNamespaces: ["KV"], d1Databases: ["DB"], r2Buckets: ["BUCKET"], durableObjects: { OBJECTS: "Objects" } } as never;
  const plugins = [faultyFunctions];
  pair = await Pair.start({ entry: "faulty.ts", compatibilityDate: "2026-04-01", bindings, plugins, banner: DEFINITION });
});
afterAll(() => pair?.stop());

test.each(PATHS)("the answer for %s is that of the bare Worker", async (path) => {
  const different: string[] = [];
  await calledFunctions();
  await pair.answers({ path });
  const called = await calledFunctions();
  expect(called.length).toBeGreaterThan(30);
  for (const name of called) {
    if (GUARDS.includes(name)) continue;
    const { bare, observed } = await pair.answers({ path, headers: [`X-Fault: ${name}`] });
    const isSame = observed.status === bare.status && observed.isComplete && observed.body.equals(bare.body);
    if (!isSame) different.push(`${name}: ${observed.status} ${observed.body.subarray(0, 60)}`);
  }
  expect(different).toEqual([]);
});

/** The functions of the library that were called since this function was. */
async function calledFunctions(): Promise<string[]> {
  const { observed } = await pair.answers({ path: "/called-functions" });
  return JSON.parse(observed.body.toString()) as string[];
}

test("most functions that a request calls have failed, and the faults are in the log", () => {
  const failed = new Set(pair.lines.flatMap((line) => /^fault in (\S+)$/.exec(line)?.[1] ?? []));
  expect(failed.size).toBeGreaterThan(60);
  const logged = pair.lines.filter((line) => line.includes("telemetry: fault in"));
  expect(logged.length).toBeGreaterThan(30);
});
