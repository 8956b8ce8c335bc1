/** Durable Objects that use all of their storage, bare or observed, and answer with what they see. */

import { DurableObject } from "cloudflare:workers";
import { observeObject } from "../../../src/index.ts";

declare const OBSERVED: boolean;
interface Env {
  readonly OBJECTS: DurableObjectNamespace<Objects>;
  readonly OLD: DurableObjectNamespace<OldObjects>;
}

const nameOf = (error: unknown): string => String(error);
const attempt = (work: () => unknown): string => {
  try {
    return String(work());
  } catch (error) {
    return nameOf(error);
  }
};

class OwnObjects extends DurableObject<Env> {
  readonly #runs: unknown[] = [];
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS items (id INTEGER PRIMARY KEY, name TEXT UNIQUE)");
  }
  override alarm(info?: AlarmInvocationInfo): void {
    this.#runs.push([info?.retryCount, info?.isRetry, this instanceof OwnObjects]);
    if (this.#runs.length === 1) throw new Error("the first run fails");
  }
  useSql(): unknown {
    const { sql } = this.ctx.storage;
    const insert = sql.exec("INSERT INTO items (name) VALUES (?), (?), (?) RETURNING id", "a", "b", "c");
    const inserted = [...insert];
    const cursor = sql.exec<{ id: number; name: string }>("SELECT * FROM items ORDER BY id");
    const first = cursor.next();
    return {
      inserted,
      rows: [insert.rowsRead, insert.rowsWritten, cursor.columnNames],
      first,
      rest: cursor.toArray(),
      end: cursor.next(),
      one: sql.exec("SELECT count(*) AS n FROM items").one(),
      raw: [...sql.exec("SELECT id, name FROM items").raw()],
      rawArray: sql.exec("SELECT id FROM items").raw().next(),
      named: sql.exec("SELECT 1 AS next, 2 AS one").toArray(),
      isCursor: cursor instanceof sql.Cursor,
      text: [String(cursor), JSON.stringify(cursor), Object.keys(this.ctx.storage), Object.keys(sql)],
      errors: [attempt(() => sql.exec("SELEC")), attempt(() => sql.exec("SELECT * FROM items").one()), attempt(() => sql.exec(1 as never))],
      rolledBack: attempt(() => this.ctx.storage.transactionSync(() => (sql.exec("DELETE FROM items"), this.#fail()))),
      left: sql.exec("SELECT count(*) AS n FROM items").one(),
    };
  }
  #fail(): never {
    throw new Error("rolled back");
  }
  async useKeys(): Promise<unknown> {
    const { storage } = this.ctx;
    await storage.put("a", 1);
    await storage.put({ b: 2, c: 3 });
    storage.kv.put("d", 4);
    const inTransaction = await storage.transaction(async (transaction) => {
      await transaction.put("e", 5);
      return transaction.get("e");
    });
    return {
      inTransaction,
      failed: await storage.transaction(async () => this.#fail()).catch(nameOf),
      got: [await storage.get("a"), [...(await storage.get(["b", "c"]))], storage.kv.get("d")],
      deleted: [await storage.delete("a"), await storage.delete(["b", "missing"]), storage.kv.delete("d"), storage.kv.delete("d")],
      listed: [...(await storage.list())],
      errors: [await storage.put(undefined as never, 1).catch(nameOf), attempt(() => storage.kv.put("f", () => 1))],
    };
  }
  async useAlarm(): Promise<unknown> {
    const { storage } = this.ctx;
    await storage.setAlarm(Date.now() + 60_000);
    const isSet = (await storage.getAlarm()) !== null;
    await storage.deleteAlarm();
    const failed = await storage.setAlarm("never" as never).catch(nameOf);
    const thrown = await Promise.resolve()
      .then(() => this.alarm())
      .catch(nameOf);
    return { isSet, isDeleted: (await storage.getAlarm()) === null, failed, thrown, again: await this.alarm(), runs: this.#runs };
  }
  /** The alarm itself: it fails once, and is run again. */
  async wait(): Promise<unknown> {
    await this.ctx.storage.setAlarm(Date.now());
    while (this.#runs.length < 2) await scheduler.wait(20);
    return this.#runs;
  }
}

/** One whose storage has no SQL, and that has no alarm. */
class OwnOldObjects extends DurableObject<Env> {
  async use(): Promise<unknown> {
    const { storage } = this.ctx;
    await storage.put("a", 1);
    const refused = await Promise.resolve()
      .then(() => storage.setAlarm(Date.now()))
      .catch(nameOf);
    return { a: await storage.get("a"), sql: attempt(() => storage.sql.exec("SELECT 1")), refused, alarm: typeof (this as { alarm?: unknown }).alarm };
  }
}

export const Objects = OBSERVED ? observeObject({ service: "worker-api" }, OwnObjects) : OwnObjects;
export const OldObjects = OBSERVED ? observeObject({ service: "worker-api" }, OwnOldObjects) : OwnOldObjects;
type Objects = OwnObjects;
type OldObjects = OwnOldObjects;

export default {
  async fetch(request: Request, { OBJECTS, OLD }: Env): Promise<Response> {
    const { pathname } = new URL(request.url);
    const own = OBJECTS.get(OBJECTS.idFromName(pathname));
    const old = OLD.get(OLD.idFromName("old"));
    const uses: Record<string, () => Promise<unknown>> = {
      "/sql": () => own.useSql() as Promise<unknown>,
      "/keys": () => own.useKeys() as Promise<unknown>,
      "/alarm": () => own.useAlarm() as Promise<unknown>,
      "/alarm-runs": () => own.wait() as Promise<unknown>,
      "/alarm-by-rpc": () => Promise.resolve().then(() => (own as unknown as { alarm(): unknown }).alarm()).catch(nameOf),
      "/old": () => old.use() as Promise<unknown>,
    };
    return Response.json(await uses[pathname]!());
  },
};
