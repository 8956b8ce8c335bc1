/** A Worker whose library fails where a request says so, or bare. It uses bindings of each kind that is counted. */

import { observe, observeObject } from "../../../src/index.ts";
import { answer, type Env } from "./answers.ts";

declare const OBSERVED: boolean;
declare global {
  /** The name of the function of the library that throws. */
  var faultyFunction: string | null;
  /** The functions of the library that were called since they were last asked for. */
  var calledFunctions: Set<string>;
}

interface Bindings extends Env {
  readonly KV: KVNamespace;
  readonly DB: D1Database;
  readonly BUCKET: R2Bucket;
  readonly OBJECTS: DurableObjectNamespace;
  readonly AI: {
    run(model: string, inputs: object): Promise<unknown>;
    gateway(name: string): { run(requests: object[]): Promise<Response> };
    autorag(name: string): { search(inputs: object): Promise<object> };
    toMarkdown(): { transform(files: object[]): Promise<object[]> };
  };
}

/** An object that is called by `fetch`, uses its storage, and runs its own alarm. */
class OwnObjects {
  constructor(readonly state: DurableObjectState) {}
  async alarm(): Promise<string> {
    await this.state.storage.deleteAlarm();
    return "an alarm";
  }
  async fetch(): Promise<Response> {
    const { storage } = this.state;
    await storage.transaction((transaction) => transaction.put("key", 1));
    const rows = [...storage.sql.exec("SELECT 1 AS one")];
    return Response.json({ rows, stored: await storage.get("key"), alarm: await this.alarm() });
  }
}
export const Objects = OBSERVED ? observeObject({ service: "worker-api", tenant: () => "acme" }, OwnObjects) : OwnObjects;

/** A model that answers at once, or in three parts. */
const AI: Bindings["AI"] = {
  async run(_, inputs) {
    if (!("stream" in inputs)) return { response: "an answer", usage: { prompt_tokens: 2, completion_tokens: 3 } };
    return new Response(`data: {"response":"a"}\n\ndata: {"response":"b"}\n\ndata: [DONE]\n\n`).body;
  },
  gateway: () => ({ run: async () => Response.json({ model: "m", usage: { prompt_tokens: 2 } }, { headers: { "cf-aig-step": "0" } }) }),
  autorag: () => ({ search: async () => ({ data: [{ id: 1 }] }) }),
  toMarkdown: () => ({ transform: async () => [{ data: "a text" }] }),
};

const BINDINGS: Record<string, (env: Bindings) => Promise<Response>> = {
  "/kv": async ({ KV }) => {
    await KV.put("key", "value");
    return new Response(await KV.get("key"));
  },
  "/d1": async ({ DB }) => Response.json(await DB.batch([DB.prepare("SELECT 1 AS one"), DB.prepare("SELECT ? AS two").bind(2)]).then((all) => all.map(({ results }) => results))),
  "/r2": async ({ BUCKET }) => {
    const upload = await BUCKET.createMultipartUpload("b");
    await BUCKET.resumeMultipartUpload("b", upload.uploadId).complete([await upload.uploadPart(1, "a part")]);
    return new Response((await BUCKET.get("b"))?.body);
  },
  "/object": ({ OBJECTS }) => OBJECTS.get(OBJECTS.idFromName("x")).fetch("https://object/"),
  "/model": async (env) => Response.json(await env.AI.run("@cf/meta/llama", { prompt: "a question" })),
  "/model-stream": async (env) => new Response((await env.AI.run("@cf/meta/llama", { prompt: "a question", stream: true })) as ReadableStream),
  "/gateway": async ({ AI: { gateway } }) => gateway("g").run([{ provider: "workers-ai", endpoint: "@cf/meta/llama", headers: {}, query: {} }]),
  "/search": async ({ AI: { autorag } }) => Response.json(await autorag("docs").search({ query: "a question" })),
  "/markdown": async ({ AI: { toMarkdown } }) => Response.json(await toMarkdown().transform([{ name: "a" }])),
};

const handle = (request: Request, env: Bindings, send = fetch): Response | Promise<Response> =>
  BINDINGS[new URL(request.url).pathname]?.(env) ?? answer(request, { UPSTREAM: env.UPSTREAM, send });
/** Sends by the global `fetch` or by `log.fetch`, as the request says. */
const worker = observe<Bindings, "worker-api">({
  service: "worker-api",
  bindings: { AI: "ai" },
  tenant: () => "acme",
  fetch: (request, env, _, log) => handle(request, env, request.headers.has("x-log-fetch") ? log.fetch : fetch),
});

export default {
  fetch(request: Request, env: Bindings, ctx: ExecutionContext) {
    if (new URL(request.url).pathname === "/called-functions") {
      const called = [...globalThis.calledFunctions];
      globalThis.calledFunctions.clear();
      return Response.json(called);
    }
    const withModel = { ...env, AI };
    if (!OBSERVED) return handle(request, withModel);
    globalThis.faultyFunction = request.headers.get("x-fault");
    return worker.fetch!(request as never, withModel, ctx);
  },
};
