/** What a handler may do with its bindings. */

import type { Act } from "./observed.ts";

const text = async (answer: unknown): Promise<string> =>
  answer instanceof ReadableStream ? new Response(answer).text() : answer instanceof Response ? answer.text() : JSON.stringify(answer);

const said = (error: unknown): string => (error as Error).message;

export const bindings: Record<string, Act> = {
  ids: async (env, log, request) => {
    const thing = env.THING.getByName("ids");
    const service = await (await env.INNER.fetch(request)).json();
    const object = await (await thing.fetch("https://thing/")).json();
    return Response.json({ own: log.requestId, service, object, rpc: await thing.follow(log.origin) });
  },
  kv: async (env, log) => {
    await env.KV.put("a", "1");
    const read = [await env.KV.get("a"), await env.KV.get("a", "json"), (await env.KV.getWithMetadata("a")).value];
    const listed = (await env.KV.list()).keys.map(({ name }) => name);
    await env.KV.delete("a");
    const refused = await env.KV.put("", "no key").catch(said);
    await env.LEFT_ALONE.get("a");
    log.cacheHit();
    return Response.json({ read, listed, refused });
  },
  plain: async (env) => {
    await env.R2.put("a", "in a bucket");
    await env.TELEMETRY.getByName("shard-0").counted();
    return Response.json({ same: env.KV === env.KV, r2: await (await env.R2.get("a"))?.text(), upstream: env.UPSTREAM, names: Object.keys({ ...env }).sort() });
  },
  objects: async (env) => {
    const thing = env.THING.get(env.THING.idFromName("x"));
    const status = async (given: string): Promise<unknown> =>
      (await thing.fetch("https://thing/", { headers: { status: given } })).status;
    const first = [await status("200"), await status("503"), await status("404"), await status("0").catch(said)];
    const again = env.THING.getByName("x");
    return Response.json([...first, again.name, await again.fail().catch(said), await again.add(1, 2)]);
  },
  rpc: async (env) => {
    const thing = env.THING.getByName("rpc");
    const size = await (thing as unknown as { size: Promise<number> }).size;
    const pipelined = await thing.child().double(21); // one round trip: the first promise is never awaited
    {
      using child = await thing.child();
      await child.double(1);
    }
    await scheduler.wait(50);
    return Response.json({ size, pipelined, told: await thing.told(), itself: (await thing) === thing });
  },
  ai: async (env, _, request) => {
    const { model, inputs, options } = JSON.parse(request.headers.get("ai")!) as { model: string; inputs: object; options?: object };
    try {
      const answer = await env.AI.run(model as never, inputs as never, options as never);
      return new Response(await text(answer), { headers: { "last-id": String((env.AI as unknown as { lastRequestId: string }).lastRequestId) } });
    } catch (error) {
      return new Response(said(error));
    }
  },
  "ai stream": async (env) => {
    const stream = await env.AI.run("stream-slow" as never, { stream: true } as never);
    return new Response(stream as unknown as ReadableStream, { headers: { "content-type": "text/event-stream" } });
  },
  "ai stream left": async (env) => {
    const stream = (await env.AI.run("stream-slow" as never, { stream: true } as never)) as unknown as ReadableStream<Uint8Array>;
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel();
    return new Response("enough");
  },
  "ai stream into a buffer": async (env) => {
    const stream = (await env.AI.run("stream" as never, { stream: true } as never)) as unknown as ReadableStream<Uint8Array>;
    const reader = stream.getReader({ mode: "byob" });
    const sizes = [];
    for (let read = await reader.read(new Uint8Array(16)); !read.done; read = await reader.read(new Uint8Array(16))) sizes.push(read.value.byteLength);
    return Response.json(sizes);
  },
  vectorize: async (env) => {
    const found = await env.VECTORIZE.query([1, 2, 3], { topK: 3 });
    await env.VECTORIZE.upsert([{ id: "a", values: [1, 2, 3] }]);
    return Response.json({ found: found.matches.length, refused: await env.VECTORIZE.query([0]).catch(said) });
  },
  queue: async (env) => {
    await env.QUEUE.send({ a: 1 });
    await env.QUEUE.sendBatch([{ body: "two" }, { body: "as text", contentType: "text" }]);
    return new Response("sent");
  },
};
