/** Pairs of Workers that differ in `observe` alone, and their answers as bytes of the connection. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { Miniflare, type WorkerOptions } from "miniflare";

const WORDS = ["model", "tenant", "answer", "route", "cache", "token", "vector", "index"];

/** A text of nearly a megabyte, in an order that compresses to a fifth of it: lines of a random word, which a seed determines. */
function text(): string {
  let state = 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % below;
  };
  return Array.from({ length: 100_000 }, (_, line) => `${WORDS[random(WORDS.length)]} ${line % 97} ${random(4) ? "" : random(50)}`).join("\n");
}

const TEXT = text();
const GZIP = gzipSync(TEXT);
const BROTLI = brotliCompressSync(TEXT, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
const CHUNK_BYTES = 20_000;

function sendInChunks(response: ServerResponse, body: Buffer): void {
  for (let start = 0; start < body.length; start += CHUNK_BYTES) response.write(body.subarray(start, start + CHUNK_BYTES));
  response.end();
}

type Reply = (response: ServerResponse) => unknown;

const REPLIES: Record<string, Reply> = {
  "/text": (response) => response.writeHead(200, { "content-length": 5, "x-own": "kept" }).end("known"),
  "/long": (response) => response.writeHead(200, { "content-length": 200_000 }).end("x".repeat(200_000)),
  "/chunked": (response) => sendInChunks(response, Buffer.from("y".repeat(100_000))),
  "/gzip": (response) => response.writeHead(200, { "content-encoding": "gzip", "content-length": GZIP.length }).end(GZIP),
  "/br": (response) => response.writeHead(200, { "content-encoding": "br", "content-length": BROTLI.length }).end(BROTLI),
  "/gzip-chunked": (response) => sendInChunks(response.writeHead(200, { "content-encoding": "gzip" }), GZIP),
  "/br-chunked": (response) => sendInChunks(response.writeHead(200, { "content-encoding": "br" }), BROTLI),
  "/events-br": (response) =>
    sendInChunks(response.writeHead(200, { "content-encoding": "br", "content-type": "text/event-stream" }), BROTLI),
  "/range": (response) => response.writeHead(206, { "content-range": "bytes 0-4/1000", "content-length": 5 }).end("01234"),
  "/not-modified": (response) => response.writeHead(304, { etag: '"v1"' }).end(),
  "/moved": (response) => response.writeHead(301, { location: "/elsewhere" }).end(),
  "/again": (response) => response.writeHead(307, { location: "/inspect" }).end(),
  "/endless": (response) => response.writeHead(302, { location: "/endless" }).end(),
  "/silent": () => undefined,
  "/cookies": (response) => response.writeHead(200, { "set-cookie": ["a=1", "b=2"] }).end("cookies"),
};

/** Answers with what was received, except the headers that the observed Worker adds and the one that names the Worker. */
async function inspect(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url, rawHeaders } = request;
  const pairs = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : []));
  const headers = pairs.filter((line) => !/^(?:traceparent: 00-|x-request-id:|cf-worker:)/i.test(line)).sort();
  let body = "";
  try {
    for await (const chunk of request) body += String(chunk);
  } catch {
    body += "[incomplete]";
  }
  response.end(JSON.stringify({ method, url, headers, body }));
}

function reply(request: IncomingMessage, response: ServerResponse): void {
  const { url = "" } = request;
  if (url.startsWith("/inspect")) void inspect(request, response);
  else REPLIES[url]!(response);
}

async function bundlePair({ entry, plugins = [], banner = "" }: PairSettings, isObserved: boolean): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`workers/transparent/${entry}`, import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker"],
    external: ["cloudflare:*", "node:*"],
    define: { OBSERVED: String(isObserved) },
    logLevel: "error",
    plugins: [...plugins],
    banner: { js: banner },
  });
  return outputFiles[0]!.text;
}

export interface PairSettings {
  readonly entry: string;
  readonly compatibilityDate: string;
  readonly compatibilityFlags?: string[];
  /** The package of the runtime. */
  readonly runtime?: "workerd" | "workerd-newest";
  /** Bindings that both Workers have. */
  readonly bindings?: WorkerOptions;
  /** How the sources are changed, and what runs before them. */
  readonly plugins?: readonly Plugin[];
  readonly banner?: string;
}

/** What a server sent over one connection. */
export interface Answer {
  readonly status: string;
  /** The header lines, sorted, except those that differ from request to request. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** Whether the end of the body was received. */
  readonly isComplete: boolean;
}

const NAMES = ["bare", "observed"] as const;

/** A bare Worker and the observed one, on the same runtime. */
export class Pair {
  readonly #miniflare: Miniflare;
  readonly #upstream: Server;
  readonly lines: string[];

  private constructor(miniflare: Miniflare, upstream: Server, lines: string[]) {
    [this.#miniflare, this.#upstream, this.lines] = [miniflare, upstream, lines];
  }

  static async start(settings: PairSettings): Promise<Pair> {
    const { runtime = "workerd", compatibilityDate, compatibilityFlags = [], bindings: more = {} } = settings;
    const upstream = createServer(reply);
    upstream.listen(0, "127.0.0.1");
    await once(upstream, "listening");
    const { port } = upstream.address() as { port: number };
    const bindings = { UPSTREAM: `http://127.0.0.1:${port}` };
    const workers = NAMES.map(async (name): Promise<WorkerOptions> => {
      const script = await bundlePair(settings, name === "observed");
      // Miniflare's own Worker in front would compress and buffer bodies
      return { compatibilityDate, compatibilityFlags, ...more, name, script, bindings, modules: true, unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] };
    });
    const lines: string[] = [];
    const handleStructuredLogs = ({ message }: { message: string }) => void lines.push(message);
    process.env["MINIFLARE_WORKERD_PATH"] = fileURLToPath(new URL(`../node_modules/${runtime}/bin/workerd`, import.meta.url));
    const miniflare = new Miniflare({ cf: false, handleStructuredLogs, workers: await Promise.all(workers) });
    await miniflare.ready;
    return new Pair(miniflare, upstream, lines);
  }

  /** Sends the same request to the bare Worker and to the observed one, and returns both answers. */
  async answers(request: RawRequest): Promise<{ bare: Answer; observed: Answer }> {
    const [bare, observed] = await Promise.all(NAMES.map(async (name) => send(await this.#miniflare.unsafeGetDirectURL(name), request)));
    return { bare: bare!, observed: observed! };
  }

  /** Sends the same request to the bare Worker and then to the observed one. */
  async answersInTurn(request: RawRequest): Promise<readonly [bare: Answer, observed: Answer]> {
    const bare = await send(await this.#miniflare.unsafeGetDirectURL("bare"), request);
    return [bare, await send(await this.#miniflare.unsafeGetDirectURL("observed"), request)];
  }

  async stop(): Promise<void> {
    await this.#miniflare.dispose();
    this.#upstream.closeAllConnections();
    this.#upstream.close();
  }
}

export interface RawRequest {
  readonly path: string;
  readonly method?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  /** Disconnects after so many bytes of the answer. */
  readonly abortAfter?: number;
}

const VARYING = /^(?:date|x-request-id):/i;

/** Sends a request over a connection of its own, and returns the bytes of its answer. */
export async function send({ hostname, port }: URL, { path, method = "GET", headers = [], body, abortAfter }: RawRequest): Promise<Answer> {
  const socket = connect(Number(port), hostname);
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  socket.write([`${method} ${path} HTTP/1.1`, `Host: ${hostname}:${port}`, ...length, ...headers, "", body ?? ""].join("\r\n"));
  let answer: Answer | undefined;
  let received = Buffer.alloc(0);
  for await (const bytes of socket as AsyncIterable<Buffer>) {
    received = Buffer.concat([received, bytes]);
    answer = parse(received, method);
    if (answer?.isComplete || (abortAfter && received.length >= abortAfter)) break; // the runtime keeps the connection open
  }
  socket.destroy();
  if (!answer) throw new Error(`${method} ${path}: the server closed the connection before the end of the headers`);
  return answer;
}

/** Reads what was received so far; undefined before the end of the headers. */
function parse(received: Buffer, method: string): Answer | undefined {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const [status = "", ...lines] = received.subarray(0, headEnd).toString("latin1").split("\r\n");
  const head = { status, headers: lines.filter((line) => !VARYING.test(line)).sort() };
  const rest = received.subarray(headEnd + 4);
  if (lines.some((line) => /^transfer-encoding: chunked$/i.test(line)) && method !== "HEAD") return { ...head, ...unchunked(rest) };
  const length = lines.map((line) => /^content-length: (\d+)$/i.exec(line)?.[1]).find(Boolean);
  const hasBody = method !== "HEAD" && !/ (?:101|204|304) /.test(status);
  return { ...head, body: rest, isComplete: !hasBody || rest.length === Number(length) };
}

/** Removes the framing of a chunked body, whose chunks depend on time. */
function unchunked(framed: Buffer): Pick<Answer, "body" | "isComplete"> {
  const chunks: Buffer[] = [];
  for (let position = 0; position < framed.length; ) {
    const sizeEnd = framed.indexOf("\r\n", position);
    const size = Number.parseInt(framed.subarray(position, sizeEnd).toString("latin1"), 16);
    if (sizeEnd < 0 || Number.isNaN(size)) break;
    if (size === 0) return { body: Buffer.concat(chunks), isComplete: true };
    chunks.push(framed.subarray(sizeEnd + 2, sizeEnd + 2 + size));
    position = sizeEnd + 2 + size + 2;
  }
  return { body: Buffer.concat(chunks), isComplete: false };
}
