/** The observed Worker of these tests, in workerd, with every kind of binding; AI and Vectorize by Cloudflare's own shims. */

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { Miniflare, type MiniflareOptions } from "miniflare";
import { vi } from "vitest";
import { bundled, COMPATIBILITY, until } from "./workerd.ts";
import { remote } from "./observe.remote.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine starts workerd slowly

const schema = JSON.parse(readFileSync(new URL("../../out/contract/log.schema.json", import.meta.url), "utf8")) as object;
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
const valid = ajv.compile(schema);

/** The entry of miniflare packs what may be packed, and gathers it for that. */
export const PLAIN = { "accept-encoding": "identity" };

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

/** A server on loopback that ends with the test. */
async function serving(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<[Server, string]> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return [server, `http://127.0.0.1:${(server.address() as { port: number }).port}`];
}

function upstream({ url }: IncomingMessage, response: ServerResponse): void {
  if (url === "/gzip") response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("packed"));
  else if (url === "/long") response.writeHead(200, { "content-length": 100_000 }).end("x".repeat(100_000));
  else if (url === "/there") response.writeHead(301, { location: "/elsewhere" }).end();
  else response.writeHead(200, { "content-length": 5, "x-own": "kept" }).end("known");
}

export class Observed {
  readonly miniflare: Miniflare;
  readonly url: URL;
  readonly #said: string[];
  readonly #servers: readonly Server[];

  private constructor(miniflare: Miniflare, url: URL, said: string[], servers: readonly Server[]) {
    [this.miniflare, this.url, this.#said, this.#servers] = [miniflare, url, said, servers];
  }

  static async start(bindings: Record<string, string> = {}): Promise<Observed> {
    const [ai, remoteUrl] = await serving((request, response) => void remote(request, response));
    const [up, upstreamUrl] = await serving(upstream);
    const said: string[] = [];
    const remoteProxyConnectionString = new URL(remoteUrl) as never;
    const options = {
      ...COMPATIBILITY,
      name: "observed",
      cf: false,
      modules: true,
      script: await bundled("workers/observed.ts"),
      bindings: { UPSTREAM: upstreamUrl, TELEMETRY_MODE: "sync", ...bindings },
      durableObjects: { TELEMETRY: { className: "TelemetryShard", useSQLite: true }, THING: { className: "Thing", useSQLite: true } },
      kvNamespaces: ["KV", "LEFT_ALONE"],
      r2Buckets: ["R2"],
      serviceBindings: { INNER: { name: "observed", entrypoint: "Inner" } },
      queueProducers: { QUEUE: "messages" },
      queueConsumers: { messages: { maxBatchSize: 10, maxBatchTimeout: 0, maxRetries: 0 } },
      ai: { binding: "AI", remoteProxyConnectionString },
      vectorize: { VECTORIZE: { index_name: "documents", remoteProxyConnectionString } },
      handleStructuredLogs: ({ message }: { message: string }) => void said.push(message),
    } as MiniflareOptions;
    const miniflare = new Miniflare(options);
    return new Observed(miniflare, await miniflare.ready, said, [ai, up]);
  }

  /** Asks the Worker to do something; `headers` say for whom. */
  ask(what: string, headers: Record<string, string> = {}, path = "/chat", init: RequestInit = {}): Promise<Response> {
    return fetch(new URL(path, this.url), { redirect: "manual", ...init, headers: { do: what, tenant: "acme", ...PLAIN, ...headers } });
  }

  /** All lines that were written, each of which must be one that the contract describes; the runtime says some of its own. */
  get lines(): Line[] {
    return this.#said.filter((line) => line.startsWith("{")).map((line) => {
      const parsed = JSON.parse(line) as Line;
      if (!valid(parsed)) throw new Error(`${line}: ${ajv.errorsText(valid.errors)}`);
      return parsed;
    });
  }

  /** The lines of one request, so far. */
  of(answer: Response): Line[] {
    return this.lines.filter(({ request_id }) => request_id === answer.headers.get("x-request-id"));
  }

  /** The lines of one request when its answer's is there: they come by a way of their own. `answers` counts services too. */
  whole(answer: Response, answers = 1): Promise<Line[]> {
    const ended = (lines: Line[]): boolean => lines.filter(({ metadata }) => metadata["step"] === "answer").length === answers;
    return until(() => this.of(answer), ended);
  }

  /** What was counted, by metric and label values, as `requests_total acme /chat worker-api`. */
  async counted(): Promise<Record<string, number>> {
    return (await fetch(new URL("/counted", this.url))).json() as Promise<Record<string, number>>;
  }

  /** What was counted meanwhile. */
  async grown(work: () => Promise<unknown>): Promise<Record<string, number>> {
    const before = await this.counted();
    await work();
    const after = await this.counted();
    const changes = Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)] as const);
    return Object.fromEntries(changes.filter(([name, change]) => change !== 0 && !name.startsWith("telemetry_")));
  }

  async stop(): Promise<void> {
    await this.miniflare.dispose();
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
  }
}
