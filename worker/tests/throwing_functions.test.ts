/** Whatever function of the library throws, the caller gets the answer of the bare Worker. */

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { DEFINITION, faultyFunctions } from "./throwing_functions.ts";
import { Pair, type RawRequest } from "./transparency.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 }); // workerd starts slowly on a busy machine

const PATHS = ["/text", "/error", "/chunks", "/upstream/long", "/kv", "/d1", "/r2", "/object", "/model", "/model-stream", "/gateway", "/search", "/markdown"];
/** Functions in which the handler or a call to a binding runs, so that they cannot be left out: they guard all others. */
const GUARDS = [
  "observe.answerRequest",
  "observe.answerRequest.handle",
  "request_log.withContext",
  "instrumentation.createContext.fetch",
  "outbound_fetch.fetchFor",
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
  "observed_object.observeObject.construct",
  "observed_object.observeAlarm.value",
  "observed_object.observeAlarm.value.run",
  "object_storage.withCalls.get",
  "rpc.observeStub.get",
  "rpc.observeMember.apply",
];

const FETCHES = ["/fetch/parts", "/fetch/request%20and%20init", "/fetch/redirected", "/fetch/not%20an%20URL", "/upstream/long"];

const bindings = { kvNamespaces: ["KV"], d1Databases: ["DB"], r2Buckets: ["BUCKET"], durableObjects: { OBJECTS: { className: "Objects", useSQLite: true } } } as never;
const start = (compatibilityFlags: string[]): Promise<Pair> =>
  Pair.start({ entry: "faulty.ts", compatibilityDate: "2026-04-01", compatibilityFlags, bindings, plugins: [faultyFunctions], banner: DEFINITION });

/** Returns the functions whose fault changes the answer, and requires that a function was called. */
async function differences(pair: Pair, request: RawRequest, requiredCall?: string): Promise<string[]> {
  const different: string[] = [];
  await calledFunctions(pair);
  await pair.answers(request);
  const called = await calledFunctions(pair);
  expect(called.length).toBeGreaterThan(30);
  if (requiredCall) expect(called).toContain(requiredCall);
  for (const name of called) {
    if (GUARDS.includes(name)) continue;
    const { bare, observed } = await pair.answers({ ...request, headers: [...(request.headers ?? []), `X-Fault: ${name}`] });
    const isSame = observed.status === bare.status && observed.isComplete && observed.body.equals(bare.body);
    if (!isSame) different.push(`${name}: ${observed.status} ${observed.body.subarray(0, 60)}`);
  }
  return different;
}

/** The functions of the library that were called since this function was. */
async function calledFunctions(pair: Pair): Promise<string[]> {
  const { observed } = await pair.answers({ path: "/called-functions" });
  return JSON.parse(observed.body.toString()) as string[];
}

let pair: Pair;
beforeAll(async () => void (pair = await start([])));
afterAll(() => pair?.stop());

test.each(PATHS)("the answer for %s is that of the bare Worker", async (path) => {
  expect(await differences(pair, { path })).toEqual([]);
});

test.each(FETCHES)("what the Worker fetches by `log.fetch` is what the bare Worker gets: %s", async (path) => {
  expect(await differences(pair, { path, headers: ["X-Log-Fetch: yes"] }, "outbound_fetch.observeFetch")).toEqual([]);
});

describe("where the global `fetch` is observed", () => {
  let asynchronous: Pair;
  beforeAll(async () => void (asynchronous = await start(["nodejs_compat"])));
  afterAll(() => asynchronous?.stop());

  test.each(FETCHES)("what the Worker fetches is what the bare Worker gets: %s", async (path) => {
    expect(await differences(asynchronous, { path }, "outbound_fetch.observeFetch")).toEqual([]);
  });
});

test("most functions that a request calls have failed, and the faults are in the log", () => {
  const failed = new Set(pair.lines.flatMap((line) => /^fault in (\S+)$/.exec(line)?.[1] ?? []));
  expect(failed.size).toBeGreaterThan(60);
  const logged = pair.lines.filter((line) => line.includes("telemetry: fault in"));
  expect(logged.length).toBeGreaterThan(30);
});
