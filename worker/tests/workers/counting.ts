/** A Worker that counts each request, and whose way to its shards can be disturbed by headers of the request. */

import type { Batch } from "../../src/ledger.ts";
import { meterOf } from "../../src/metrics.ts";
import type { TelemetryEnv } from "../../src/settings.ts";
import { TelemetryShard as Shard } from "../../src/shard.ts";

/** The shard as it is shipped, with ways to crash it, to let time pass, and to look at its tables. */
export class TelemetryShard extends Shard {
  crash(): void {
    this.ctx.abort("crashed by the test");
  }

  /** Lets days pass: what is in the tables becomes older. */
  age(days: number): void {
    const milliseconds = days * 86_400_000;
    this.ctx.storage.sql.exec("UPDATE series SET changedAt = changedAt - ?", milliseconds);
    this.ctx.storage.sql.exec("UPDATE batches SET addedAt = addedAt - ?", milliseconds);
  }

  rows(table: string): number {
    return Number(this.ctx.storage.sql.exec(`SELECT count(*) AS n FROM ${table}`).one().n);
  }
}

type Env = Omit<TelemetryEnv, "TELEMETRY"> & { readonly TELEMETRY: DurableObjectNamespace<TelemetryShard> };
type Disturbance = (stub: DurableObjectStub<TelemetryShard>, name: string, batches: readonly Batch[]) => Promise<void>;

let calls = 0;
const DISTURBANCES: Record<string, Disturbance> = {
  twice: async (stub, name, batches) => {
    await stub.add(name, batches);
    await stub.add(name, batches);
  },
  "answer lost": async (stub, name, batches) => {
    await stub.add(name, batches);
    if (calls++ % 2 === 0) throw new Error("the answer is lost");
  },
  overloaded: async () => {
    throw Object.assign(new Error("Durable Object is overloaded"), { overloaded: true });
  },
  never: () => new Promise(() => undefined),
};

function disturbed(namespace: Env["TELEMETRY"], disturb: Disturbance): Env["TELEMETRY"] {
  const get = (id: DurableObjectId) => {
    const stub = namespace.get(id);
    return { add: (name: string, batches: readonly Batch[]) => disturb(stub, name, batches) };
  };
  return { idFromName: (name: string) => namespace.idFromName(name), get } as unknown as Env["TELEMETRY"];
}

async function ofShard(env: Env, name: string, word: string, batches: string | null): Promise<Response> {
  const stub = env.TELEMETRY.get(env.TELEMETRY.idFromName(name));
  if (word === "add") return new Response(String(await stub.add(name, JSON.parse(batches!))));
  if (word === "crash") return new Response(await stub.crash().then(() => "lives", () => "crashed"));
  if (word.startsWith("age")) return new Response(String(await stub.age(Number(word.slice(3)))));
  return Response.json(await stub.rows(word));
}

export default {
  async fetch(request, env, context) {
    const meter = meterOf("worker-api");
    const [, shard, word] = /^\/(shard-\d+)\/(\w+)$/.exec(new URL(request.url).pathname) ?? [];
    if (shard && word) return ofShard(env, shard, word, request.headers.get("batches"));
    const requestId = crypto.randomUUID();
    const labels = { tenant_id: request.headers.get("tenant") ?? "", route: "/chat" } as const;
    meter.count("requests_total", labels);
    meter.observe("latency_ms", labels, Number(request.headers.get("latency") ?? 7), requestId);
    if (request.headers.get("fails")) meter.count("errors_total", labels, 1, requestId);
    const disturb = DISTURBANCES[request.headers.get("disturb") ?? ""];
    const telemetry = disturb ? disturbed(env.TELEMETRY, disturb) : env.TELEMETRY;
    await meter.handOver({ ...env, TELEMETRY: telemetry }, context);
    return new Response(requestId);
  },
} satisfies ExportedHandler<Env>;
