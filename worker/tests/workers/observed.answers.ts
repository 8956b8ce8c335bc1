/** What a handler may answer. */

import type { Act } from "./observed.ts";

const utf8 = new TextEncoder();

/** A stream of so many parts, 30 ms apart, that may break before its end. */
function parts(count: number, breaks = false): ReadableStream<Uint8Array> {
  let made = 0;
  return new ReadableStream({
    async pull(controller) {
      await scheduler.wait(30);
      if (made < count) return controller.enqueue(utf8.encode(`part ${++made};`));
      if (breaks) throw new Error("the stream broke");
      controller.close();
    },
  });
}

function socket(): Response {
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  server.addEventListener("message", ({ data }) => server.send(`heard ${String(data)}`));
  return new Response(null, { status: 101, webSocket: client });
}

/** More at once than a socket takes, and no end of it. */
const torrent = (): ReadableStream<Uint8Array> => new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(100_000)) });

function texts(): ReadableStream {
  return new ReadableStream({
    start(controller) {
      controller.enqueue("no bytes");
      controller.close();
    },
  });
}

/** What is written into a pipe of the runtime's, as applications do that stream. */
function piped(): ReadableStream<Uint8Array> {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  void writer.write(utf8.encode("through ")).then(() => writer.write(utf8.encode("a pipe"))).then(() => writer.close());
  return readable;
}

/** A constant that an application sends again and again, as a keep-alive. */
const PING = utf8.encode("ping;");

function pings(): ReadableStream<Uint8Array> {
  let made = 0;
  return new ReadableStream({ pull: (controller) => (made++ < 3 ? controller.enqueue(PING) : controller.close()) });
}

/** A Response that somebody reads already. */
async function locked(): Promise<Response> {
  const response = new Response("hello");
  response.body!.getReader();
  return response;
}

async function used(): Promise<Response> {
  const response = new Response("read already");
  await response.text();
  return response;
}

export const answers: Record<string, Act> = {
  pings: () => new Response(pings()),
  locked,
  used,
  late: (env, _, __, ctx) => {
    ctx.waitUntil(scheduler.wait(500).then(() => env.KV.put("late", "x")));
    return new Response("hello");
  },
  // a caller that waits no longer than a moment for one that takes its time
  impatient: async (env, log) => {
    const headers = { tenant: log.tenantId, "take-time": "1" };
    const asked = env.INNER.fetch(new Request("https://inner/search", { headers, signal: AbortSignal.timeout(200) }));
    return new Response(await asked.then(() => "heard", () => "left"));
  },
  text: () => new Response("hello"),
  status: (_, __, request) => new Response("told", { status: Number(request.headers.get("status")) }),
  nothing: (_, __, request) => new Response(null, { status: Number(request.headers.get("status")) }),
  redirect: () => Response.redirect("https://example.com/there", 302),
  throw: () => {
    throw new Error("the handler broke");
  },
  stream: () => new Response(parts(3)),
  "stream that breaks": () => new Response(parts(2, true)),
  torrent: () => new Response(torrent()),
  piped: () => new Response(piped()),
  "stream of texts": () => new Response(texts()),
  "endless stream": () => new Response(parts(10_000)),
  upstream: (env, _, request) => fetch(env.UPSTREAM + (request.headers.get("path") ?? "/"), { redirect: "manual" }),
  socket,
  log: (_, log) => {
    log.warn("look", { further: "this", step: "message" });
    log.error("and this", new Error("caught"));
    return Response.json(log.origin);
  },
  // waits in the middle, so that requests are interleaved, then works for whoever it was
  interleaved: async (env, log, request) => {
    await scheduler.wait(Math.random() * 20);
    await env.KV.get(`key of ${log.tenantId}`);
    log.info(`for ${log.tenantId}`);
    const inside = await env.THING.getByName(log.tenantId).fetch("https://thing/");
    return Response.json({ ...log.origin, asked: request.headers.get("tenant"), inside: await inside.json() });
  },
};
