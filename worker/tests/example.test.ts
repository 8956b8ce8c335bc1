/** The example: both Workers in workerd as configured in their wrangler.jsonc, with fakes of Workers AI and Vectorize. */

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Platform, startPlatform } from "../example/local/platform.ts";
import type { Failure } from "../example/fakes/failures.ts";
import { CHAT_MODEL } from "../example/models.ts";
import { waitFor } from "./workerd.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });
const EXAMPLE = new URL("../example/", import.meta.url);
const lines: string[] = [];
let platform: Platform;
beforeAll(async () => void (platform = await startPlatform(EXAMPLE, { QUESTIONS_AN_HOUR: "3" }, (line) => lines.push(line))));
afterAll(() => platform.close());
beforeEach(() => injectFailures());

/** Replaces the failures that the fakes inject. */
async function injectFailures(...failures: Failure[]): Promise<void> {
  await fetch(`${platform.urls.fakes}/control/failures`, { method: "POST", body: JSON.stringify(failures) });
}

/** Sends a GET request to the Worker that serves a path, or a POST request if there is a body. */
function sendRequest(path: string, body?: unknown, tenant = "acme"): Promise<Response> {
  const url = platform.urls[path === "/ingest" ? "ingest-worker" : "worker-api"] + path;
  const post = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  return fetch(url, { ...post, headers: { "x-tenant-id": tenant } });
}

test("an ingested document goes through the queue, and only its tenant finds it: first in the index, then in the cache", async () => {
  const documents = [{ id: "rain", text: "Rain falls in the harbour." }];
  expect((await sendRequest("/ingest", { documents })).status).toBe(202);
  await waitFor(() => lines, (logged) => logged.some((line) => line.includes("document stored")));
  const first = await sendRequest("/search?q=harbour");
  expect([await first.json(), first.headers.get("x-cache")]).toEqual([{ texts: [documents[0]?.text] }, "miss"]);
  expect((await sendRequest("/search?q=harbour")).headers.get("x-cache")).toBe("hit");
  expect(await (await sendRequest("/search?q=harbour", undefined, "globex")).json()).toEqual({ texts: [] });
});

test("a chat streams events, and only the last one before [DONE] has the usage", async () => {
  const response = await sendRequest("/chat", { question: "And the meadow?", session: "one" }, "initech");
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const events = (await response.text()).trim().split("\n\n");
  expect(events.at(-1)).toBe("data: [DONE]");
  const parse = (event: string) => JSON.parse(event.slice("data: ".length)) as { usage: { prompt_tokens: number } };
  const promptTokens = events.slice(0, -1).map((event) => parse(event).usage.prompt_tokens);
  expect(promptTokens.slice(0, -1).every((tokens) => tokens === 0)).toBe(true);
  expect(promptTokens.at(-1)).toBe(7); // the words of "Answer from these documents:" and "And the meadow?"
});

test("a session accepts the configured number of questions per hour, then responds 429", async () => {
  const statuses = [];
  for (let turn = 0; turn < 4; turn++) statuses.push((await sendRequest("/chat", { question: `Question ${turn}`, session: "two" })).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
});

test("an injected failure applies only to matching calls, and only the given number of times", async () => {
  await injectFailures({ model: CHAT_MODEL, tenant: "acme", error_code: 3040, times: 1 });
  const chat = async (tenant: string): Promise<number> => (await sendRequest("/chat", { question: "Well?", session: "three" }, tenant)).status;
  expect([await chat("globex"), await chat("acme"), await chat("acme")]).toEqual([200, 500, 200]);
});

test("a stream can be truncated, and the index can fail", async () => {
  await injectFailures({ model: CHAT_MODEL, truncate: true }, { binding: "VECTORIZE", operation: "query", error_code: 40005, times: 1 });
  expect((await sendRequest("/search?q=lantern")).status).toBe(500);
  const truncated = await sendRequest("/chat", { question: "Is it whole?", session: "four" });
  expect(truncated.status).toBe(200);
  const text = await truncated.text();
  expect(text).toContain("data: ");
  expect(text).not.toContain("[DONE]");
});

test("a request without a tenant gets 401, and an unknown path 404", async () => {
  expect([(await sendRequest("/search?q=a", undefined, "")).status, (await sendRequest("/ingest", {}, "")).status]).toEqual([401, 401]);
  expect((await sendRequest("/elsewhere")).status).toBe(404);
});
