/** Tenants and routes that are known late, and logs from anywhere, in workerd. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { routeOfPath } from "../src/route_patterns.ts";
import { ObservedWorker } from "./observed_worker.ts";

let worker: ObservedWorker;
beforeAll(async () => void (worker = await ObservedWorker.start()));
afterAll(() => worker.stop());

/** Runs a scenario of a request without a tenant, and returns what it counted. */
async function countsOf(scenario: string, headers: Record<string, string> = {}, init: RequestInit = {}): Promise<Record<string, number>> {
  return worker.increasesDuring(async () => (await worker.run(scenario, { tenant: "", ...headers }, "/chat", init)).text());
}
const request = (series: string): Record<string, number> => ({ [`requests_total ${series}`]: 1, [`latency_ms ${series}`]: 1 });

test("what a request counts before and after it names its tenant and route is counted for them", async () => {
  const counts = await countsOf("late tenant");
  expect(counts).toEqual({ ...request("globex /search worker-api"), "kv_reads_total globex /search worker-api": 2 });
});

test("lines after the naming have the tenant and route, and those before it keep what was known", async () => {
  const response = await worker.run("late tenant", { tenant: "" });
  const lines = await worker.completeLinesOf(response);
  const named = (message: string, nth = 0): string[] => lines.filter((line) => line.message === message).map(({ tenant_id, route }) => `${tenant_id} ${route}`).slice(nth);
  expect(named("request arrived")).toEqual(["unknown /chat"]);
  expect(named("KV get")).toEqual(["unknown /chat", "globex /search"]);
  expect(named("answered")).toEqual(["globex /search"]);
  expect(await response.json()).toMatchObject({ tenantId: "globex", route: "/search" });
});

test.each([
  ["two tenants", "", "globex", "log.tenant: another was named before, which stays; name it once."],
  ["two tenants", "acme", "acme", "log.tenant: another was named before, which stays; name it once."],
  ["two routes", "acme", "/search", "log.route: another was named before, which stays; name it once."],
])("in %s of tenant %j the first one stays, %s, and a warning says so", async (scenario, tenant, first, warning) => {
  const response = await worker.run(scenario, { tenant });
  expect(await response.text()).toBe(first);
  const lines = await worker.completeLinesOf(response);
  expect(lines.filter(({ level }) => level === "warn").map(({ message }) => message)).toContain(warning);
});

test("a late tenant or route that is not valid counts as `other`", async () => {
  expect(await countsOf("invalid late tenant")).toEqual(request("other other worker-api"));
});

test("a request whose stream names the tenant is counted for it", async () => {
  expect(await countsOf("tenant in a stream")).toEqual(request("globex /chat worker-api"));
});

test("a tenant that is named after the request was counted changes nothing, and a warning says so", async () => {
  const response = await worker.run("tenant after the answer", { tenant: "" });
  await response.text();
  await expect.poll(() => worker.linesOf(response).map(({ message }) => message)).toContain("log.tenant: named after the request was counted; name it before the answer.");
  const lines = worker.linesOf(response);
  expect(new Set(lines.map(({ tenant_id }) => tenant_id))).toEqual(new Set(["unknown"]));
});

test.each(["log from anywhere", "log by context"])("%s is that of the request", async (scenario) => {
  expect(await countsOf(scenario)).toEqual(request("globex /chat worker-api"));
});

test("a tenant function may read the body, which the handler reads, too", async () => {
  const body = JSON.stringify({ tenant: "globex", text: "x".repeat(100_000) });
  const response = await worker.run("own body", { "tenant-in-body": "1" }, "/chat", { method: "POST", body });
  expect(await response.text()).toBe(body);
  expect(new Set(worker.linesOf(response).map(({ tenant_id }) => tenant_id))).toEqual(new Set(["globex"]));
});

test("a tenant function that throws writes a warning", async () => {
  await (await worker.run("text", { "no-tenant": "1" })).text();
  const warning = "tenant: no tenant; the tenant it was sent with counts, or `unknown`.";
  await expect.poll(() => worker.lines.map(({ message }) => message)).toContain(warning);
});

test.each([
  ["failed", "500"],
  ["failed", "200"],
  ["failed stream", "200"],
])("an exception that a framework caught is an error once, with its stack on the answer's line: %s, status %s", async (scenario, status) => {
  let response!: Response;
  const counts = await worker.increasesDuring(async () => {
    response = await worker.run(scenario, { status });
    await response.text();
  });
  expect(counts).toEqual({ ...request("acme /chat worker-api"), "errors_total acme /chat worker-api": 1 });
  const answer = (await worker.completeLinesOf(response)).at(-1)!;
  expect(answer).toMatchObject({ level: "error", message: "response failed", status_code: Number(status), error: { message: "caught by the framework" } });
  expect(answer.error!.stack).toContain("caught by the framework");
});

test.each([
  ["/docs", "/docs"],
  ["/docs/7", "/docs/:id"],
  ["/docs/new", "/docs/new"],
  ["/docs/7/parts/a-b", "/docs/:id/parts/:part"],
  ["/docs/7/", "/docs/7/"],
  ["/docs/", "/docs/"],
  ["/fileXtxt/1", "/fileXtxt/1"],
  ["/file.txt/1", "/file.txt/:n"],
])("the path %s has the route %s", (path, route) => {
  const routes = ["/docs", "/docs/:id", "/docs/new", "/docs/:id/parts/:part", "/file.txt/:n"];
  expect(routeOfPath(routes, path)).toBe(route);
});
