/** A Worker with an observed Durable Object, and a fake shard that serves what was counted at `/counters`. */

import { DurableObject } from "cloudflare:workers";
import type { MetricsBatch } from "../../src/batch.ts";
import { observe, observeObject, type Origin, withRequest } from "../../src/index.ts";

/** Sums up the batches; the real one has tests of its own. */
export class TelemetryShard extends DurableObject {
  readonly #totals: Record<string, number> = {};
  add(_: string, batches: readonly MetricsBatch[]): void {
    for (const { key, numbers } of batches.flatMap(({ deltas }) => deltas)) {
      const name = key.replace(/@[^\x1f]*/, "").replaceAll("\x1f", " ");
      this.#totals[name] = (this.#totals[name] ?? 0) + numbers.at(-1)!;
    }
  }
  counters(): Record<string, number> {
    return this.#totals;
  }
}

interface Env {
  readonly TELEMETRY: DurableObjectNamespace<TelemetryShard>;
  readonly OBJECTS: DurableObjectNamespace<Objects>;
}

class Objects extends DurableObject<Env> {
  #alarms = 0;
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)");
    ctx.storage.sql.exec("CREATE TABLE unique_items (name TEXT PRIMARY KEY)");
  }
  /** Two alarms, of which the first sets the second. */
  override async alarm(): Promise<void> {
    this.#alarms += 1;
    if (this.#alarms < 2) await this.ctx.storage.setAlarm(Date.now());
  }
  work(use: Use, origin: Origin): Promise<unknown> {
    const { env, ctx } = this;
    return withRequest({ service: "worker-api", request: origin, env, ctx }, () => this.#use(use));
  }
  async #use(use: Use): Promise<unknown> {
    const { storage } = this.ctx;
    const { sql } = storage;
    if (use === "write") {
      sql.exec("INSERT INTO items (name) VALUES ('a'), ('b'), ('c')");
      return sql.exec("INSERT INTO unique_items VALUES ('a'), ('b')").rowsWritten;
    }
    if (use === "read") return [sql.exec("SELECT * FROM items").toArray().length, sql.exec("SELECT * FROM items WHERE id = 2").one()];
    if (use === "read slowly") {
      for (const _ of sql.exec("SELECT * FROM items")) await scheduler.wait(5);
      const raw = sql.exec("SELECT * FROM items").raw();
      raw.next();
      await scheduler.wait(5);
      return [...raw].length;
    }
    if (use === "alarm") return storage.setAlarm(Date.now());
    await storage.put("a", 1);
    await storage.put({ b: 2, c: 3 });
    storage.kv.put("d", 4);
    await storage.transaction(async (transaction) => void (await transaction.put({ e: 5, f: 6 })));
    await storage.delete(["a", "b"]);
    return storage.kv.delete("d");
  }
}
export type Use = "write" | "read" | "read slowly" | "alarm" | "keys";

const ObservedObjects = observeObject({ service: "worker-api", tenant: ({ id }) => id.name ?? "owner" }, Objects);
export { ObservedObjects as Objects };

const worker = observe({
  service: "worker-api",
  tenant: () => "acme",
  fetch: async (request, { OBJECTS }: Env, _, log) => {
    const use = new URL(request.url).searchParams.get("use") as Use;
    return Response.json((await OBJECTS.get(OBJECTS.idFromName("owner")).work(use, log.origin)) ?? null);
  },
});

export default {
  fetch(request: Request, env: Env, ctx: ExecutionContext) {
    if (new URL(request.url).pathname !== "/counters") return worker.fetch(request, env, ctx);
    return env.TELEMETRY.get(env.TELEMETRY.idFromName("shard-0")).counters().then((counters) => Response.json(counters));
  },
};
