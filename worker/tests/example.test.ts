/** The example: both Workers in workerd as their wrangler.jsonc declares them, with the fakes of what is remote. */

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Platform, startPlatform } from "../example/local/platform.ts";
import type { Order } from "../example/fakes/orders.ts";
import { WRITER } from "../example/models.ts";
import { waitFor } from "./workerd.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });
const EXAMPLE = new URL("../example/", import.meta.url);
const lines: string[] = [];
let platform: Platform;
beforeAll(async () => void (platform = await startPlatform(EXAMPLE, { QUESTIONS_AN_HOUR: "3" }, (line) => lines.push(line))));
afterAll(() => platform.close());
beforeEach(() => order());

async function order(...orders: Order[]): Promise<void> {
  await fetch(`${platform.urls.fakes}/control/orders`, { method: "POST", body: JSON.stringify(orders) });
}

function ask(path: string, body?: unknown, tenant = "acme"): Promise<Response> {
  const url = platform.urls[path === "/ingest" ? "ingest-worker" : "worker-api"] + path;
  const post = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  return fetch(url, { ...post, headers: { "x-tenant-id": tenant } });
}

test("what is ingested comes through the queue, is found by its tenant alone, and then from the cache", async () => {
  const documents = [{ id: "rain", text: "Rain falls in the harbour." }];
  expect((await ask("/ingest", { documents })).status).toBe(202);
  await waitFor(() => lines, (logged) => logged.some((line) => line.includes("a document is stored")));
  const first = await ask("/search?q=harbour");
  expect([await first.json(), first.headers.get("x-cache")]).toEqual([{ texts: [documents[0]?.text] }, "miss"]);
  expect((await ask("/search?q=harbour")).headers.get("x-cache")).toBe("hit");
  expect(await (await ask("/search?q=harbour", undefined, "globex")).json()).toEqual({ texts: [] });
});

test("a chat streams words, and the last event but the end alone tells the usage", async () => {
  const answer = await ask("/chat", { question: "And the meadow?", session: "one" }, "initech");
  expect(answer.headers.get("content-type")).toBe("text/event-stream");
  const events = (await answer.text()).trim().split("\n\n");
  expect(events.at(-1)).toBe("data: [DONE]");
  const read = (event: string) => JSON.parse(event.slice("data: ".length)) as { usage: { prompt_tokens: number } };
  const told = events.slice(0, -1).map((event) => read(event).usage.prompt_tokens);
  expect(told.slice(0, -1).every((tokens) => tokens === 0)).toBe(true);
  expect(told.at(-1)).toBe(7); // "Answer from these documents:" and "And the meadow?"
});

test("a conversation takes as many questions an hour as it is told, then answers 429", async () => {
  const statuses = [];
  for (let turn = 0; turn < 4; turn++) statuses.push((await ask("/chat", { question: `Question ${turn}`, session: "two" })).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
});

test("an order meets whom it names, and as often as it says", async () => {
  await order({ model: WRITER, tenant: "acme", refuse: 3040, times: 1 });
  const chat = async (tenant: string): Promise<number> => (await ask("/chat", { question: "Well?", session: "three" }, tenant)).status;
  expect([await chat("globex"), await chat("acme"), await chat("acme")]).toEqual([200, 500, 200]);
});

test("a stream can be cut in its middle, and the index can refuse", async () => {
  await order({ model: WRITER, cut: true }, { binding: "VECTORIZE", operation: "query", refuse: 40005, times: 1 });
  expect((await ask("/search?q=lantern")).status).toBe(500);
  const cut = await ask("/chat", { question: "Is it whole?", session: "four" });
  expect(cut.status).toBe(200);
  const text = await cut.text();
  expect(text).toContain("data: ");
  expect(text).not.toContain("[DONE]");
});

test("who names no tenant is refused", async () => {
  expect([(await ask("/search?q=a", undefined, "")).status, (await ask("/ingest", {}, "")).status]).toEqual([401, 401]);
  expect((await ask("/elsewhere")).status).toBe(404);
});
