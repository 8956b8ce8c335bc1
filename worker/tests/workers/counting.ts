/** A Worker that counts each request; a request's headers can make its calls to the shards fail. */

import type { MetricsBatch } from "../../src/batch.ts";
import { getMeter } from "../../src/meter.ts";
import type { TelemetryEnv } from "../../src/config.ts";
import { TelemetryShard as Shard } from "../../src/shard.ts";

/** The real shard, with methods to crash it, to age its data, and to count the rows of its tables. */
export class TelemetryShard extends Shard {
  constructor(state: DurableObjectState, env: TelemetryEnv) {
    super(withClock(state), env);
  }

  crash(): void {
    this.ctx.abort("crashed by the test");
  }

  /** Makes the rows of the tables older. */
  age(days: number): void {
    const milliseconds = days * 86_400_000;
    this.ctx.storage.sql.exec("UPDATE series SET changedAt = changedAt - ?", milliseconds);
    this.ctx.storage.sql.exec("UPDATE batches SET addedAt = addedAt - ?", milliseconds);
  }

  /** Makes the last export earlier. */
  idle(milliseconds: number): void {
    this.ctx.storage.sql.exec("UPDATE shard SET exportedAt = exportedAt - ?", milliseconds);
  }

  /** Moves the next export. */
  postpone(milliseconds: number): Promise<void> {
    return this.ctx.storage.setAlarm(Date.now() + milliseconds);
  }

  rows(table: string): number {
    return Number(this.ctx.storage.sql.exec(`SELECT count(*) AS n FROM ${table}`).one().n);
  }
}

type Env = Omit<TelemetryEnv, "TELEMETRY"> & { readonly TELEMETRY: DurableObjectNamespace<TelemetryShard> };
type Failure = (stub: DurableObjectStub<TelemetryShard>, name: string, batches: readonly MetricsBatch[]) => Promise<void>;

/** The clock of the isolate, which a test can set wrong. */
const realNow = Date.now;
let clockOffsetMs = 0;
Date.now = () => realNow() + clockOffsetMs;

/** Has the object's alarms run by the clock that the test sets, as the rest of it. */
function withClock(state: DurableObjectState): DurableObjectState {
  const { storage } = state;
  const [getAlarm, setAlarm] = [storage.getAlarm.bind(storage), storage.setAlarm.bind(storage)];
  return Object.defineProperties(state, {
    storage: {
      value: Object.defineProperties(storage, {
        getAlarm: { value: () => getAlarm().then((at) => at && at + clockOffsetMs) },
        setAlarm: { value: (at: number) => setAlarm(at - clockOffsetMs) },
      }),
    },
  });
}

let calls = 0;
const FAILURES: Record<string, Failure> = {
  "sent twice": async (stub, name, batches) => {
    await stub.add(name, batches);
    await stub.add(name, batches);
  },
  "response lost": async (stub, name, batches) => {
    await stub.add(name, batches);
    if (calls++ % 2 === 0) throw new Error("the response is lost");
  },
  overloaded: async () => {
    throw Object.assign(new Error("Durable Object is overloaded"), { overloaded: true });
  },
  hangs: () => new Promise(() => undefined),
};

/** Wraps a namespace so that calls to its shards fail as given. */
function failing(namespace: Env["TELEMETRY"], failure: Failure): Env["TELEMETRY"] {
  const get = (id: DurableObjectId) => {
    const stub = namespace.get(id);
    return { add: (name: string, batches: readonly MetricsBatch[]) => failure(stub, name, batches) };
  };
  return { idFromName: (name: string) => namespace.idFromName(name), get } as unknown as Env["TELEMETRY"];
}

/** Runs a command of the test on a shard: `add`, `crash`, `age<days>`, `postpone<ms>`, `idle<ms>`, `clock<ms>`, or the name of a table to count its rows. */
async function runOnShard(env: Env, name: string, command: string, batches: string | null): Promise<Response> {
  const stub = env.TELEMETRY.get(env.TELEMETRY.idFromName(name));
  if (command === "add") return new Response(String(await stub.add(name, JSON.parse(batches!))));
  if (command === "crash") return new Response(await stub.crash().then(() => "alive", () => "crashed"));
  if (command.startsWith("age")) return new Response(String(await stub.age(Number(command.slice(3)))));
  if (command.startsWith("postpone")) return new Response(String(await stub.postpone(Number(command.slice(8)))));
  if (command.startsWith("idle")) return new Response(String(await stub.idle(Number(command.slice(4)))));
  if (command.startsWith("clock")) {
    clockOffsetMs = Number(command.slice(5));
    return new Response("set");
  }
  return Response.json(await stub.rows(command));
}

export default {
  async fetch(request, env, context) {
    const meter = getMeter("worker-api");
    const [, shard, command] = /^\/(shard-\d+)\/(\w+)$/.exec(new URL(request.url).pathname) ?? [];
    if (shard && command) return runOnShard(env, shard, command, request.headers.get("batches"));
    const requestId = crypto.randomUUID();
    const labels = { tenant_id: request.headers.get("tenant") ?? "", route: "/chat" } as const;
    meter.count("requests_total", labels);
    meter.observe("latency_ms", labels, Number(request.headers.get("latency") ?? 7), requestId);
    if (request.headers.get("error")) meter.count("errors_total", labels, 1, requestId);
    const failure = FAILURES[request.headers.get("failure") ?? ""];
    const telemetry = failure ? failing(env.TELEMETRY, failure) : env.TELEMETRY;
    await meter.flush({ ...env, TELEMETRY: telemetry }, context);
    return new Response(requestId);
  },
} satisfies ExportedHandler<Env>;
