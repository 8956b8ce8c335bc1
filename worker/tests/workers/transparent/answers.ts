/** What the handlers of the compared Workers answer, bare and observed, by the path of the request. */

import { fetchAnswers } from "./fetches.ts";

export interface Env {
  /** The URL of the server that answers are fetched from. */
  readonly UPSTREAM: string;
  /** What is called in place of `fetch`. */
  readonly send?: typeof fetch;
}

const utf8 = new TextEncoder();
const LARGE = "x".repeat(200_000);

/** Answers that all requests of an isolate share. */
const NOT_FOUND = new Response(null, { status: 404, headers: { "x-own": "kept" } });

export type Answer = (request: Request, env: Env) => Response | Promise<Response>;

const fromUpstream =
  (path: string, init: RequestInit = {}): Answer =>
  (request, { UPSTREAM, send = fetch }) =>
    send(`${UPSTREAM}${path}`, { headers: forwarded(request), redirect: "manual", ...init });

/** The headers that a proxy forwards. */
function forwarded({ headers }: Request): Record<string, string> {
  const names = ["accept-encoding", "range", "if-none-match"];
  return Object.fromEntries(names.flatMap((name) => (headers.has(name) ? [[name, headers.get(name)!]] : [])));
}

const ANSWERS: Record<string, Answer> = {
  ...fetchAnswers,
  "/text": () => new Response("hello"),
  "/json": () => Response.json({ hello: "world" }),
  "/empty": () => new Response(null),
  "/large": () => new Response(LARGE),
  "/bytes": () => new Response(utf8.encode(LARGE), { headers: { "content-type": "application/octet-stream" } }),
  "/no-content": () => new Response(null, { status: 204 }),
  "/error": () => new Response("unavailable", { status: 503, headers: { "retry-after": "7" } }),
  "/redirect": () => Response.redirect("https://example.com/elsewhere", 302),
  "/not-found": () => NOT_FOUND,
  "/cookies": cookies,
  "/pipe": pipe,
  "/web-socket": webSocket,
  "/upstream/text": fromUpstream("/text"),
  "/upstream/long": fromUpstream("/long"),
  "/upstream/chunked": fromUpstream("/chunked"),
  "/upstream/gzip": fromUpstream("/gzip"),
  "/upstream/br": fromUpstream("/br"),
  "/upstream/gzip-chunked": fromUpstream("/gzip-chunked"),
  "/upstream/br-chunked": fromUpstream("/br-chunked"),
  "/upstream/events-br": fromUpstream("/events-br"),
  "/upstream/range": fromUpstream("/range"),
  "/upstream/not-modified": fromUpstream("/not-modified"),
  "/upstream/moved": fromUpstream("/moved"),
  "/upstream/cookies": fromUpstream("/cookies"),
  "/upstream/copy": async (request, env) => {
    const response = await fromUpstream("/long")(request, env);
    return new Response(response.body, { status: 206, headers: response.headers });
  },
  "/packed": () => {
    const packed = new Response("packed by the application").body!.pipeThrough(new CompressionStream("gzip"));
    return new Response(packed, { encodeBody: "manual", headers: { "content-encoding": "gzip" } });
  },
  "/echo": async (request) => new Response(request.body, { headers: { "x-method": request.method } }),
};

/** Answers that need constructors of streams, which the runtime has from 2022-11-30 on. */
const STREAM_ANSWERS: Record<string, Answer> = {
  "/chunks": () => new Response(chunks(3)),
  "/events": () => new Response(chunks(3), { headers: { "content-type": "text/event-stream" } }),
  "/tee": () => new Response(chunks(3).tee()[0]),
  "/byob": () => new Response(byteStream()),
  "/transform": () => new Response(chunks(3).pipeThrough(upperCase())),
  "/endless": () => new Response(chunks(Infinity)),
};

/** A stream of chunks, 10 ms apart. */
function chunks(count: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      await scheduler.wait(10);
      if (sent < count) controller.enqueue(utf8.encode(`chunk ${++sent};`));
      else controller.close();
    },
  });
}

/** A stream whose chunks fill the buffers of its reader. */
function byteStream(): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      controller.enqueue(utf8.encode(`chunk ${++sent};`));
      if (sent === 3) controller.close();
    },
  });
}

function upperCase(): TransformStream<Uint8Array, Uint8Array> {
  const text = new TextDecoder();
  return new TransformStream({
    transform: (bytes, controller) => controller.enqueue(utf8.encode(text.decode(bytes).toUpperCase())),
  });
}

function cookies(): Response {
  const response = new Response("two cookies");
  for (const cookie of ["a=1; Path=/", "b=2; HttpOnly"]) response.headers.append("set-cookie", cookie);
  return response;
}

function pipe(): Response {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  void writer.write(utf8.encode("through a pipe")).then(() => writer.close());
  return new Response(readable);
}

function webSocket(): Response {
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  server.addEventListener("message", ({ data }) => server.send(`received ${String(data)}`));
  return new Response(null, { status: 101, webSocket: client });
}

/** Answers a request. An unknown path is an exception of the handler. */
export function answer(request: Request, env: Env): Response | Promise<Response> {
  const path = new URL(request.url).pathname;
  const found = ANSWERS[path] ?? STREAM_ANSWERS[path];
  if (!found) throw new Error(`there is no answer for ${path}`);
  return found(request, env);
}
