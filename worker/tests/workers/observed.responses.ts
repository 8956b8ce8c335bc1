/** Scenarios about the responses that a handler may return. */

import type { Scenario } from "./observed.ts";

const utf8 = new TextEncoder();

/** A stream of `count` parts, 30 ms apart; with `fails` it throws at the end instead of closing. */
function parts(count: number, fails = false): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      await scheduler.wait(30);
      if (sent < count) return controller.enqueue(utf8.encode(`part ${++sent};`));
      if (fails) throw new Error("the stream failed");
      controller.close();
    },
  });
}

function webSocket(): Response {
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  server.addEventListener("message", ({ data }) => server.send(`received ${String(data)}`));
  return new Response(null, { status: 101, webSocket: client });
}

/** An endless stream whose chunks are larger than a socket's buffer. */
const endlessLargeChunks = (): ReadableStream<Uint8Array> =>
  new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(100_000)) });

function streamOfStrings(): ReadableStream {
  return new ReadableStream({
    start(controller) {
      controller.enqueue("not bytes");
      controller.close();
    },
  });
}

/** A body that the handler writes into a TransformStream of the runtime, as streaming applications do. */
function transformStream(): ReadableStream<Uint8Array> {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  void writer.write(utf8.encode("through ")).then(() => writer.write(utf8.encode("a pipe"))).then(() => writer.close());
  return readable;
}

/** A buffer that an application enqueues repeatedly, such as a keep-alive. */
const PING = utf8.encode("ping;");

function repeatedBuffer(): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({ pull: (controller) => (sent++ < 3 ? controller.enqueue(PING) : controller.close()) });
}

/** A response whose body is locked to a reader. */
async function locked(): Promise<Response> {
  const response = new Response("hello");
  response.body!.getReader();
  return response;
}

async function used(): Promise<Response> {
  const response = new Response("already read");
  await response.text();
  return response;
}

/** An answer that all requests of the isolate share: the runtime sends a Response without a body again and again. */
const NOT_FOUND = new Response(null, { status: 404, headers: { "x-own": "kept" } });

export const responseScenarios: Record<string, Scenario> = {
  "shared answer": () => NOT_FOUND,
  "headers of the shared answer": () => Response.json([...NOT_FOUND.headers]),
  "repeated buffer": () => new Response(repeatedBuffer()),
  locked,
  used,
  "count after response": (env, _, __, ctx) => {
    ctx.waitUntil(scheduler.wait(500).then(() => env.KV.put("late", "x")));
    return new Response("hello");
  },
  // a service binding call that the caller aborts before the service responds
  "aborted call": async (env, log) => {
    const headers = { tenant: log.tenantId, slow: "1" };
    const response = env.INNER.fetch(new Request("https://inner/search", { headers, signal: AbortSignal.timeout(200) }));
    return new Response(await response.then(() => "responded", () => "aborted"));
  },
  cookies: () => new Response("two", { headers: [["set-cookie", "a=1; Path=/"], ["set-cookie", "b=2; HttpOnly"]] }),
  text: () => new Response("hello"),
  html: () => new Response("<p>hello", { headers: { "content-type": "text/html" } }),
  status: (_, __, request) => new Response("body", { status: Number(request.headers.get("status")) }),
  "no body": (_, __, request) => new Response(null, { status: Number(request.headers.get("status")) }),
  redirect: () => Response.redirect("https://example.com/there", 302),
  throw: () => {
    throw new Error("the handler failed");
  },
  stream: () => new Response(parts(3)),
  "failing stream": () => new Response(parts(2, true)),
  "endless large chunks": () => new Response(endlessLargeChunks()),
  "transform stream": () => new Response(transformStream()),
  "stream of strings": () => new Response(streamOfStrings()),
  "endless stream": () => new Response(parts(10_000)),
  upstream: (env, _, request) => fetch(env.UPSTREAM + (request.headers.get("path") ?? "/"), { redirect: "manual" }),
  websocket: webSocket,
  log: (_, log) => {
    log.warn("look", { further: "this", step: "message" });
    log.error("and this", new Error("caught"));
    return Response.json(log.origin);
  },
  // waits a random time first, so that requests interleave, then works for its own tenant
  interleaved: async (env, log, request) => {
    await scheduler.wait(Math.random() * 20);
    await env.KV.get(`key of ${log.tenantId}`);
    log.info(`for ${log.tenantId}`);
    const inObject = await env.OBJECT.getByName(log.tenantId).fetch("https://object/");
    return Response.json({ ...log.origin, requestedTenant: request.headers.get("tenant"), inObject: await inObject.json() });
  },
};
