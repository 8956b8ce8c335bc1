/** Outbound `fetch` in workerd: what is logged and sent, by which way of calling it, under which compatibility flags. */

import { createServer, type IncomingHttpHeaders } from "node:http";
import { Miniflare, type MiniflareOptions } from "miniflare";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Collector } from "./collector.ts";
import { schemaErrors } from "./log_schema.ts";
import { KEY, type Line } from "./observed_worker.ts";
import { bundle, runConcurrently, waitFor } from "./workerd.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const OWN = "00-00000000000000000000000000000abc-00000000000000aa-01";

/** The headers that arrived at a public host, by path. */
const arrived: IncomingHttpHeaders[] = [];
const publicHost = createServer(({ url = "", headers }, response) => {
  arrived.push(headers);
  if (url.startsWith("/endless")) response.writeHead(302, { location: url }).end();
  else response.writeHead(201).end(JSON.stringify({ traceparent: headers.traceparent }));
});
let host: string;
let collector: Collector;
beforeAll(async () => {
  await new Promise<void>((resolve) => publicHost.listen(0, "127.0.0.1", resolve));
  host = `localhost:${(publicHost.address() as { port: number }).port}`;
  collector = await Collector.start();
});
afterAll(async () => {
  await collector.stop();
  publicHost.closeAllConnections();
  publicHost.close();
});

class Fetching {
  readonly #lines: string[];
  readonly #url: URL;
  readonly miniflare: Miniflare;

  private constructor(miniflare: Miniflare, url: URL, lines: string[]) {
    [this.miniflare, this.#url, this.#lines] = [miniflare, url, lines];
  }

  static async start(compatibilityFlags: string[], entry = "workers/fetching.ts"): Promise<Fetching> {
    const lines: string[] = [];
    const miniflare = new Miniflare({
      compatibilityDate: "2026-04-01",
      compatibilityFlags,
      cf: false,
      modules: true,
      script: await bundle(entry),
      bindings: {
        UPSTREAM: `http://${host}`,
        TELEMETRY_ORIGIN_KEY: KEY,
        TELEMETRY_WINDOW_MS: "10",
        TELEMETRY_PUSH_MS: "100",
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: collector.url,
      },
      durableObjects: { TELEMETRY: { className: "TelemetryShard", useSQLite: true }, OBJECT: { className: "Fetching", useSQLite: true } },
      handleStructuredLogs: ({ message }: { message: string }) => void lines.push(message),
    } as MiniflareOptions);
    return new Fetching(miniflare, await miniflare.ready, lines);
  }

  async send(way: string, headers: Record<string, string> = {}): Promise<{ readonly id: string; readonly text: string; readonly status: number }> {
    const response = await fetch(this.#url, { headers: { way, tenant: "acme", ...headers } });
    return { id: response.headers.get("x-request-id")!, text: await response.text(), status: response.status };
  }

  /** The lines of calls of a request, once its answer is logged; each is valid and has no secret. */
  async callsOf(id: string): Promise<Line[]> {
    const own = (): string[] => this.#lines.filter((line) => line.includes(`"request_id":"${id}"`));
    const lines = await waitFor(own, (all) => all.some((line) => line.includes('"step":"answer"')));
    expect(lines.flatMap(schemaErrors)).toEqual([]);
    expect(lines.filter((line) => /secret|hunter2/.test(line))).toEqual([]);
    return lines.map((line) => JSON.parse(line) as Line).filter(({ metadata }) => metadata["step"] === "call");
  }

  get lines(): Line[] {
    return this.#lines.map((line) => JSON.parse(line) as Line);
  }
}

/** The header that a request sends on by the span of a call. */
const traceparentOf = ({ request_id, metadata }: Line): string => `00-${request_id.replaceAll("-", "")}-${String(metadata["span_id"])}-01`;

const FLAGS: readonly (readonly [flags: string[], entry: string])[] = [
  [["nodejs_compat"], "workers/fetching.ts"],
  [["nodejs_als"], "workers/fetching_als.ts"],
];
describe.each(FLAGS)("with %s", (flags, entry) => {
  let worker: Fetching;
  beforeAll(async () => void (worker = await Fetching.start(flags, entry)));
  afterAll(() => worker?.miniflare.dispose());

  test.each(["global", "log", "url alone"])("a call is logged once, with its host, method and status, and sends our traceparent: %s", async (way) => {
    const { id, text, status } = await worker.send(way);
    const calls = await worker.callsOf(id);
    expect(calls).toMatchObject([{ level: "info", message: "fetch", tenant_id: "acme", status_code: 201, metadata: { http_host: host, http_method: "GET" } }]);
    expect(calls[0]!.latency_ms).toBeGreaterThanOrEqual(0);
    expect([status, JSON.parse(text)]).toEqual([201, { traceparent: traceparentOf(calls[0]!) }]);
  });

  test("a hundred concurrent requests of two tenants each log their own call", async () => {
    const answers = await runConcurrently(100, 100, async (n) => ({ tenant: ["acme", "globex"][n % 2]!, ...(await worker.send("late", { tenant: ["acme", "globex"][n % 2]! })) }));
    for (const { id, tenant, text } of answers) {
      const calls = await worker.callsOf(id);
      expect(calls).toMatchObject([{ tenant_id: tenant }]);
      expect(JSON.parse(text)).toEqual({ traceparent: traceparentOf(calls[0]!) });
    }
  });

  test("a call in an object is logged for the request that it works for", async () => {
    const { id, text } = await worker.send("object", { inner: "global" });
    const calls = await worker.callsOf(id);
    expect(calls.map(({ message }) => message).sort()).toEqual(["Durable Object fetch", "fetch"]);
    expect(JSON.parse(text)).toEqual({ traceparent: traceparentOf(calls.find(({ message }) => message === "fetch")!) });
  });

  test("a `fetch` that was captured before the library could see it is not observed", async () => {
    const { id, text } = await worker.send("captured");
    expect([await worker.callsOf(id), text]).toEqual([[], "{}"]);
  });

  test("what the shard pushes is not logged, and has no traceparent", async () => {
    await waitFor(() => collector.pushes.length, (count) => count > 0);
    expect(collector.pushes.map(({ headers }) => headers["traceparent"]).filter(Boolean)).toEqual([]);
    const pushed = new URL(collector.url).host;
    expect(worker.lines.filter(({ metadata }) => metadata["http_host"] === pushed)).toEqual([]);
  });
});

describe("without flags", () => {
  let worker: Fetching;
  beforeAll(async () => void (worker = await Fetching.start([])));
  afterAll(() => worker?.miniflare.dispose());

  test("the global `fetch` is as it was", async () => {
    const { id, text } = await worker.send("global");
    expect([await worker.callsOf(id), text]).toEqual([[], "{}"]);
  });

  test("`log.fetch` is observed", async () => {
    const { id, text } = await worker.send("log");
    const calls = await worker.callsOf(id);
    expect(calls).toMatchObject([{ message: "fetch", status_code: 201, metadata: { http_host: host } }]);
    expect(JSON.parse(text)).toEqual({ traceparent: traceparentOf(calls[0]!) });
  });

  test("a traceparent of the application's own is sent", async () => {
    expect(JSON.parse((await worker.send("log", { "own-traceparent": OWN })).text)).toEqual({ traceparent: OWN });
  });

  test("the caller's traceparent is not forwarded as ours", async () => {
    const { id, text } = await worker.send("forwarded", { traceparent: CALLER });
    expect(JSON.parse(text)).toEqual({ traceparent: traceparentOf((await worker.callsOf(id))[0]!) });
  });

  test("`traceparent: false` sends none, and the call is logged", async () => {
    const { id, text } = await worker.send("log", { silent: "yes" });
    expect([(await worker.callsOf(id)).length, text]).toEqual([1, "{}"]);
  });

  test("an IP address is redacted", async () => {
    const { id } = await worker.send("refused");
    expect(await worker.callsOf(id)).toMatchObject([{ metadata: { http_host: "[redacted:ip_address]:1" } }]);
  });

  test("the method is logged in capital letters", async () => {
    const { id } = await worker.send("posted");
    expect(await worker.callsOf(id)).toMatchObject([{ metadata: { http_method: "POST" } }]);
  });

  test.each([
    ["redirects", () => host, /^Too many redirects/],
    ["invalid", () => undefined, /^not a URL with a host$/],
    ["refused", () => "[redacted:ip_address]:1", /./],
  ])("an exception is logged without paths, and reaches the application whole: %s", async (way, expected, message) => {
    const { id, text } = await worker.send(way);
    const [line] = await worker.callsOf(id);
    expect(line).toMatchObject({ level: "error", message: "fetch failed", error: { message: expect.stringMatching(message) } });
    expect(line!.metadata["http_host"]).toBe(expected());
    if (way !== "refused") expect(text).toContain("secret-query");
  });
});
