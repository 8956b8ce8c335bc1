/** A Worker that calls each kind of store, bare or observed, and answers with what it sees. */

import { observe } from "../../../src/index.ts";

declare const OBSERVED: boolean;

interface Bindings {
  readonly DB: D1Database;
  readonly BUCKET: R2Bucket;
  readonly QUEUE: Queue;
}

const nameOf = (error: unknown): string => (error as Error).message.split(":")[0]!;

async function useD1({ DB }: Bindings): Promise<unknown> {
  await DB.exec("DROP TABLE IF EXISTS items");
  await DB.exec("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)");
  const insert = DB.prepare("INSERT INTO items (name) VALUES (?)");
  const run = await insert.bind("one").run();
  const batch = await DB.batch([insert.bind("two"), insert.bind("three"), DB.prepare("SELECT count(*) AS n FROM items")]);
  const session = DB.withSession("first-primary");
  return {
    success: run.success,
    batch: batch.map(({ results }) => results),
    first: await DB.prepare("SELECT name FROM items WHERE id = ?").bind(2).first("name"),
    all: (await DB.prepare("SELECT * FROM items").all()).results,
    raw: await DB.prepare("SELECT id FROM items").raw(),
    session: await session.prepare("SELECT count(*) AS n FROM items").first("n"),
    sessionBatch: (await session.batch([session.prepare("SELECT 1 AS one")])).map(({ results }) => results),
    error: await DB.prepare("SELECT * FROM nothing").all().catch(nameOf),
  };
}

async function useR2({ BUCKET }: Bindings): Promise<unknown> {
  await BUCKET.put("a", "text", { customMetadata: { own: "kept" } });
  const upload = await BUCKET.createMultipartUpload("b");
  const part = await upload.uploadPart(1, "a part");
  const resumed = BUCKET.resumeMultipartUpload("b", upload.uploadId);
  const completed = await resumed.complete([part]);
  const aborted = await BUCKET.createMultipartUpload("c");
  await aborted.abort();
  const seen = {
    text: await (await BUCKET.get("a"))?.text(),
    metadata: (await BUCKET.head("a"))?.customMetadata,
    missing: await BUCKET.get("missing"),
    completed: [completed.key, completed.size],
    keys: (await BUCKET.list()).objects.map(({ key }) => key),
    error: await BUCKET.get("").catch(nameOf),
  };
  await BUCKET.delete(["a", "b"]);
  return { ...seen, left: (await BUCKET.list()).objects.length };
}

async function useQueue({ QUEUE }: Bindings): Promise<unknown> {
  await QUEUE.send({ a: 1 });
  await QUEUE.send("text", { contentType: "text" });
  await QUEUE.sendBatch([{ body: 1 }, { body: 2, contentType: "json" }]);
  return { undefined: await QUEUE.send(undefined).catch(nameOf) };
}

const USES: Record<string, (env: Bindings) => Promise<unknown>> = { "/d1": useD1, "/r2": useR2, "/queue": useQueue };
const handle = async (request: Request, env: Bindings): Promise<Response> => Response.json(await USES[new URL(request.url).pathname]!(env));

export default OBSERVED ? observe<Bindings, "worker-api">({ service: "worker-api", fetch: handle }) : { fetch: handle };
