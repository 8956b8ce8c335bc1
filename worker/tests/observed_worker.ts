/** The observed Worker of these tests in workerd, with every kind of binding; AI and Vectorize run through Cloudflare's own shims. */

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { Miniflare, type MiniflareOptions } from "miniflare";
import { expect, vi } from "vitest";
import { bundle, COMPATIBILITY, waitFor } from "./workerd.ts";
import { serveRemoteBinding } from "./remote_bindings.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // workerd starts slowly on a busy machine

const schema = JSON.parse(readFileSync(new URL("./contract/log.schema.json", import.meta.url), "utf8")) as object;
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
const isValid = ajv.compile(schema);

/** Miniflare's entry Worker compresses what the client accepts compressed, and buffers it for that. */
export const UNCOMPRESSED = { "accept-encoding": "identity" };

/** The ids of the line of a call, for comparisons of its whole metadata. */
const ANY_SPAN_ID = expect.stringMatching(/^[0-9a-f]{16}$/);
export const CALL_IDS = { trace_id: expect.stringMatching(/^[0-9a-f]{32}$/), span_id: ANY_SPAN_ID, parent_span_id: ANY_SPAN_ID };

export interface Line {
  readonly level: string;
  readonly message: string;
  readonly tenant_id: string;
  readonly request_id: string;
  readonly route: string;
  readonly latency_ms?: number;
  readonly status_code?: number;
  readonly error?: { readonly message: string; readonly stack?: string };
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Starts an HTTP server on loopback, and returns it with its URL. */
async function startServer(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<[Server, string]> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return [server, `http://127.0.0.1:${(server.address() as { port: number }).port}`];
}

/** The HTTP server that scenarios of the Worker fetch from. */
function serveUpstream({ url }: IncomingMessage, response: ServerResponse): void {
  if (url === "/gzip") response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("compressed"));
  else if (url === "/long") response.writeHead(200, { "content-length": 100_000 }).end("x".repeat(100_000));
  else if (url === "/chunked") {
    response.write("first;");
    setTimeout(() => response.end("second"), 100);
  } else if (url === "/moved") response.writeHead(301, { location: "/elsewhere" }).end();
  else response.writeHead(200, { "content-length": 5, "x-own": "kept" }).end("known");
}

/** Signs the origins of requests. */
export const KEY = "0123456789abcdef-of-these-tests-0123456789abcdef";

export class ObservedWorker {
  readonly miniflare: Miniflare;
  readonly url: URL;
  readonly #logged: string[];
  readonly #servers: readonly Server[];

  private constructor(miniflare: Miniflare, url: URL, logged: string[], servers: readonly Server[]) {
    [this.miniflare, this.url, this.#logged, this.#servers] = [miniflare, url, logged, servers];
  }

  static async start(bindings: Record<string, string> = {}): Promise<ObservedWorker> {
    const [remote, remoteUrl] = await startServer((request, response) => void serveRemoteBinding(request, response));
    const [upstream, upstreamUrl] = await startServer(serveUpstream);
    const logged: string[] = [];
    const remoteProxyConnectionString = new URL(remoteUrl) as never;
    const options = {
      ...COMPATIBILITY,
      name: "observed",
      cf: false,
      modules: true,
      script: await bundle("workers/observed.ts"),
      bindings: { UPSTREAM: upstreamUrl, TELEMETRY_MODE: "sync", TELEMETRY_ORIGIN_KEY: KEY, ...bindings },
      durableObjects: { TELEMETRY: { className: "TelemetryShard", useSQLite: true }, OBJECT: { className: "TestObject", useSQLite: true } },
      kvNamespaces: ["KV", "UNOBSERVED_KV"],
      r2Buckets: ["R2"],
      serviceBindings: { INNER: { name: "observed", entrypoint: "Inner" } },
      queueProducers: { QUEUE: "messages" },
      queueConsumers: { messages: { maxBatchSize: 10, maxBatchTimeout: 0, maxRetries: 0 } },
      ai: { binding: "AI", remoteProxyConnectionString },
      vectorize: { VECTORIZE: { index_name: "documents", remoteProxyConnectionString } },
      handleStructuredLogs: ({ message }: { message: string }) => void logged.push(message),
    } as MiniflareOptions;
    const miniflare = new Miniflare(options);
    return new ObservedWorker(miniflare, await miniflare.ready, logged, [remote, upstream]);
  }

  /** Sends a request that runs a scenario of `workers/observed.ts`. */
  run(scenario: string, headers: Record<string, string> = {}, path = "/chat", init: RequestInit = {}): Promise<Response> {
    return fetch(new URL(path, this.url), { redirect: "manual", ...init, headers: { scenario, tenant: "acme", ...UNCOMPRESSED, ...headers } });
  }

  /** All log lines so far, each validated against the contract's schema. Lines that the runtime writes itself are left out. */
  get lines(): Line[] {
    return this.#logged.filter((line) => line.startsWith("{")).map((line) => {
      const parsed = JSON.parse(line) as Line;
      if (!isValid(parsed)) throw new Error(`${line}: ${ajv.errorsText(isValid.errors)}`);
      return parsed;
    });
  }

  /** The lines of one request so far. */
  linesOf(response: Response): Line[] {
    return this.lines.filter(({ request_id }) => request_id === response.headers.get("x-request-id"));
  }

  /**
   * Waits for the lines of one request, because logs arrive separately from responses. `answers` is the number of
   * lines with the step `answer`: one for the Worker and one for each service that it calls.
   */
  completeLinesOf(response: Response, answers = 1): Promise<Line[]> {
    const isComplete = (lines: Line[]): boolean => lines.filter(({ metadata }) => metadata["step"] === "answer").length === answers;
    return waitFor(() => this.linesOf(response), isComplete);
  }

  /** Returns the counters by metric and label values, such as `requests_total acme /chat worker-api`. */
  async counters(): Promise<Record<string, number>> {
    return (await fetch(new URL("/counters", this.url))).json() as Promise<Record<string, number>>;
  }

  /** Runs `work`, and returns the increases of the counters during that time. */
  async increasesDuring(work: () => Promise<unknown>): Promise<Record<string, number>> {
    const before = await this.counters();
    await work();
    const after = await this.counters();
    const increases = Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)] as const);
    return Object.fromEntries(increases.filter(([name, increase]) => increase !== 0 && !name.startsWith("telemetry_")));
  }

  async stop(): Promise<void> {
    await this.miniflare.dispose();
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
  }
}
