/** Scenarios that use the bindings of a Worker. */

import type { Scenario } from "./observed.ts";

const textOf = async (result: unknown): Promise<string> =>
  result instanceof ReadableStream ? new Response(result).text() : result instanceof Response ? result.text() : JSON.stringify(result);

const FILE = { name: "secret-plan.pdf", blob: new Blob(["%PDF"]) };
const messageOf = (error: unknown): string => (error as Error).message;

export const bindingScenarios: Record<string, Scenario> = {
  "request ids": async (env, log, request) => {
    const object = env.OBJECT.getByName("ids");
    const service = await (await env.INNER.fetch(request)).json();
    const fetched = await (await object.fetch("https://object/")).json();
    return Response.json({ own: log.requestId, service, object: fetched, rpc: await object.follow(log.origin) });
  },
  kv: async (env, log) => {
    await env.KV.put("a", "1");
    const read = [await env.KV.get("a"), await env.KV.get("a", "json"), (await env.KV.getWithMetadata("a")).value];
    const listed = (await env.KV.list()).keys.map(({ name }) => name);
    await env.KV.delete("a");
    const error = await env.KV.put("", "no key").catch(messageOf);
    await env.UNOBSERVED_KV.get("a");
    log.cacheHit();
    return Response.json({ read, listed, error });
  },
  unobserved: async (env) => {
    await env.R2.put("a", "in a bucket");
    await env.TELEMETRY.getByName("shard-0").counters();
    const names = Object.keys({ ...env }).sort();
    return Response.json({ isSame: env.KV === env.KV, r2: await (await env.R2.get("a"))?.text(), upstream: env.UPSTREAM, names });
  },
  "durable objects": async (env) => {
    const object = env.OBJECT.get(env.OBJECT.idFromName("x"));
    const statusFor = async (status: string): Promise<unknown> =>
      (await object.fetch("https://object/", { headers: { status } })).status;
    const statuses = [await statusFor("200"), await statusFor("503"), await statusFor("404"), await statusFor("0").catch(messageOf)];
    const sameObject = env.OBJECT.getByName("x");
    return Response.json([...statuses, sameObject.name, await sameObject.fail().catch(messageOf), await sameObject.add(1, 2)]);
  },
  rpc: async (env) => {
    const object = env.OBJECT.getByName("rpc");
    const size = await (object as unknown as { size: Promise<number> }).size;
    const pipelined = await object.child().double(21); // RPC pipelining: the result of child() is never awaited
    {
      using child = await object.child();
      await child.double(1);
    }
    await scheduler.wait(50);
    return Response.json({ size, pipelined, events: await object.events(), isSameStub: (await object) === object });
  },
  ai: async (env, _, request) => {
    const { model, inputs, options } = JSON.parse(request.headers.get("ai")!) as { model: string; inputs: object; options?: object };
    try {
      const result = await env.AI.run(model as never, inputs as never, options as never);
      const { lastRequestId } = env.AI as unknown as { lastRequestId: string };
      return new Response(await textOf(result), { headers: { "last-id": lastRequestId } });
    } catch (error) {
      return new Response(messageOf(error));
    }
  },
  "ai retries": async (env, _, request) => {
    const asked = JSON.parse(request.headers.get("ai")!) as { model: string; options: object; isRead: boolean };
    const { model, options, isRead } = asked;
    let failures = 0;
    for (let call = 0; call < 3; call += 1) {
      const answer: any = await env.AI.run(model as never, { prompt: "hi" } as never, options as never).catch(() => undefined);
      if (isRead) await answer?.text();
      if (!answer?.ok) failures += 1;
    }
    await scheduler.wait(250);
    return new Response(`${failures} calls failed`);
  },
  "ai passed on": async (env, _, request) => env.AI.run(request.headers.get("ai") as never, { prompt: "hi" } as never, { returnRawResponse: true } as never) as never,
  "ai methods": async (env, _, request) => {
    const path = JSON.parse(request.headers.get("path")!) as [name: string, ...args: unknown[]][];
    try {
      let result: any = env.AI;
      for (const [name, ...args] of path) result = await result[name](...args.map((arg) => (arg === "a file" ? FILE : arg)));
      return new Response(await textOf(result));
    } catch (error) {
      return new Response(messageOf(error));
    }
  },
  "ai stream": async (env) => {
    const stream = await env.AI.run("stream-slow" as never, { stream: true } as never);
    return new Response(stream as unknown as ReadableStream, { headers: { "content-type": "text/event-stream" } });
  },
  "ai stream cancelled": async (env) => {
    const stream = (await env.AI.run("stream-slow" as never, { stream: true } as never)) as unknown as ReadableStream<Uint8Array>;
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel();
    return new Response("enough");
  },
  "ai stream with BYOB reader": async (env) => {
    const stream = (await env.AI.run("stream" as never, { stream: true } as never)) as unknown as ReadableStream<Uint8Array>;
    const reader = stream.getReader({ mode: "byob" });
    const sizes = [];
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(16));
      if (done) break;
      sizes.push(value.byteLength);
    }
    return Response.json(sizes);
  },
  vectorize: async (env) => {
    const result = await env.VECTORIZE.query([1, 2, 3], { topK: 3 });
    await env.VECTORIZE.upsert([{ id: "a", values: [1, 2, 3] }]);
    return Response.json({ matches: result.matches.length, error: await env.VECTORIZE.query([0]).catch(messageOf) });
  },
  queue: async (env) => {
    await env.QUEUE.send({ a: 1 });
    await env.QUEUE.sendBatch([{ body: "two" }, { body: "as text", contentType: "text" }]);
    return new Response("sent");
  },
};
