/** A Worker that counts each request; a request's headers can make its calls to the shards fail. */

import type { MetricsBatch } from "../../src/batch.ts";
import { getMeter } from "../../src/meter.ts";
import type { TelemetryEnv } from "../../src/config.ts";
import { METRIC_DEFINITIONS, observationCount, OTHER, parseSeriesKey, seriesKey } from "../../src/series.ts";
import { TelemetryShard as Shard } from "../../src/shard.ts";
import { seriesOfTenant } from "./full_tenant.ts";

/** The real shard, with methods to crash it, to age its data, and to count the rows of its tables. */
export class TelemetryShard extends Shard {
  constructor(state: DurableObjectState, env: TelemetryEnv) {
    super(withClock(state), env);
  }

  override add(name: string, batches: readonly MetricsBatch[]): Promise<void> {
    received.adds += 1;
    return super.add(name, batches);
  }

  override alarm(): Promise<void> {
    received.alarms += 1;
    return super.alarm();
  }

  /** Adds a batch, and returns what the object has received since the isolate started, and the requests that are in storage. */
  async bill(name: string, batch: MetricsBatch): Promise<Bill> {
    await this.add(name, [batch]);
    const requests = this.#series().filter(([key]) => key.startsWith(METRIC_DEFINITIONS.telemetry_object_requests_total.id));
    return { ...received, stored: requests.reduce((sum, [, numbers]) => sum + numbers.at(-1)!, 0) };
  }

  crash(): void {
    this.ctx.abort("crashed by the test");
  }

  /** Makes everything in storage older, as if the shard had been idle and exporting since. */
  age(days: number): void {
    const milliseconds = days * 86_400_000;
    const { sql } = this.ctx.storage;
    for (const { position, lines: [header, ...deltas] } of this.#rows("log", "entry")) {
      const aged = { ...header, at: header.at - milliseconds, expiresAt: header.expiresAt - milliseconds };
      sql.exec("UPDATE log SET entry = ? WHERE position = ?", encoded([aged, ...deltas]), position);
    }
    for (const { position, lines } of this.#rows("chunks", "series")) {
      const aged = lines.map(([key, start, changedAt, numbers]: Row) => [key, start, changedAt - milliseconds, numbers]);
      sql.exec("UPDATE chunks SET series = ? WHERE position = ?", encoded(aged), position);
    }
    sql.exec("UPDATE batch_ids SET expiresAt = expiresAt - ?", milliseconds);
    sql.exec("UPDATE state SET exportedAt = ?", Date.now());
  }

  /** Makes the last export earlier. */
  idle(milliseconds: number): void {
    this.ctx.storage.sql.exec("UPDATE state SET exportedAt = ?", Date.now() - milliseconds);
  }

  /** Adds batches with one increment each, all of one series, or of a series of its own each. */
  async many(name: string, count: number, seriesOfBatch: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      const deltas = Array.from({ length: seriesOfBatch }, (_, index) => ({ key: keyOf(seriesOfBatch > 1 ? n * seriesOfBatch + index : 0), numbers: [1, 1], exemplars: [] }));
      await this.add(name, [{ id: crypto.randomUUID(), takenAt: Date.now(), service: "worker-api", deltas }]);
    }
  }

  /** Returns the rows that were written since the isolate started, and how many of them set an alarm. */
  written(): { rows: number; alarms: number } {
    return { rows: writtenRows, alarms: writtenAlarms };
  }

  /** Moves the next export. */
  postpone(milliseconds: number): Promise<void> {
    return this.ctx.storage.setAlarm(Date.now() + milliseconds);
  }

  /** Counts the series or ids of batches that are in storage, or the rows of a table. */
  rows(name: string): number {
    const { sql } = this.ctx.storage;
    const log = this.#rows("log", "entry").filter(({ generation }) => generation === this.#generation());
    if (name === "series") {
      const chunks = this.#rows("chunks", "series").flatMap(({ lines }) => lines.map(([key]: Row) => key));
      return new Set([...chunks, ...log.flatMap(({ lines }) => lines.slice(1).map(([key]: Row) => key))]).size;
    }
    if (name === "batches") {
      const folded = [...sql.exec("SELECT ids FROM batch_ids")].flatMap(({ ids }) => String(ids).split(","));
      return new Set([...folded, ...log.map(({ lines: [header] }) => header.id)]).size;
    }
    if (name === "log") return log.length;
    if (name === "tables") return Number(sql.exec("SELECT count(*) AS n FROM sqlite_master WHERE name IN ('series', 'batches', 'shard')").one().n);
    return Number(sql.exec(`SELECT count(*) AS n FROM ${name}`).one().n);
  }

  /** Sums up what is in storage. */
  stored(): StoredSums {
    const keys = new Set<string>();
    let [others, increments, overflow] = [0, 0, 0];
    for (const [key, numbers] of this.#series()) {
      const { metric, labelValues } = parseSeriesKey(key)!;
      const count = observationCount(numbers);
      if (metric === METRIC_DEFINITIONS.telemetry_overflow_total) overflow += count;
      if (!metric.labels.includes("tenant_id")) continue;
      keys.add(key);
      increments += count;
      if (labelValues[metric.labels.indexOf("tenant_id")] === OTHER) others += count;
    }
    return { series: keys.size, others, increments, overflow };
  }

  /** The series of the chunks, and what the log adds to them. */
  #series(): (readonly [key: string, numbers: readonly number[]])[] {
    const log = this.#rows("log", "entry").filter(({ generation }) => generation === this.#generation());
    const chunks = this.#rows("chunks", "series").flatMap(({ lines }) => lines.map(([key, , , numbers]: Row) => [key, numbers]));
    return [...chunks, ...log.flatMap(({ lines }) => lines.slice(1))];
  }

  #generation(): number {
    return Number([...this.ctx.storage.sql.exec("SELECT generation FROM state")][0]?.generation ?? 0);
  }

  #rows(table: string, column: string): any[] {
    const rows = [...this.ctx.storage.sql.exec(`SELECT * FROM ${table}`)];
    const linesOf = (bytes: ArrayBuffer) => new TextDecoder().decode(bytes).split("\n").filter(Boolean).map((line) => JSON.parse(line));
    return rows.map((row) => ({ ...row, lines: linesOf(row[column] as ArrayBuffer) }));
  }
}

/** The requests that an object has received since its isolate started, and those that are in storage. */
export interface Bill {
  readonly adds: number;
  readonly alarms: number;
  readonly stored: number;
}

/** What a shard has stored of series of tenants, and of overflow. */
export interface StoredSums {
  readonly series: number;
  readonly increments: number;
  readonly others: number;
  readonly overflow: number;
}

const keyOf = (tenant: number): string => seriesKey(METRIC_DEFINITIONS.requests_total, { tenant_id: `a-tenant-with-a-long-name-${tenant}`, route: "/chat" }, "worker-api");

/** A series of a chunk, or a delta of the log. */
type Row = [key: string, startTime: number, changedAt: number, numbers: number[]];
const encoded = (lines: unknown[]): Uint8Array => new TextEncoder().encode(lines.map((line) => JSON.stringify(line)).join("\n"));

type Env = Omit<TelemetryEnv, "TELEMETRY"> & { readonly TELEMETRY: DurableObjectNamespace<TelemetryShard> };
type Failure = (stub: DurableObjectStub<TelemetryShard>, name: string, batches: readonly MetricsBatch[]) => Promise<void>;

/** The clock of the isolate, which a test can set wrong. */
const realNow = Date.now;
let clockOffsetMs = 0;
Date.now = () => realNow() + clockOffsetMs;

let [writtenRows, writtenAlarms] = [0, 0];
const received = { adds: 0, alarms: 0 };

/** Has the object's alarms run by the clock that the test sets, as the rest of it; and counts what it writes. */
function withClock(state: DurableObjectState): DurableObjectState {
  const { storage } = state;
  const exec = storage.sql.exec.bind(storage.sql);
  const countingExec = (statement: string, ...values: unknown[]) => {
    const cursor = exec(statement, ...values);
    if (!statement.includes("SELECT")) writtenRows += cursor.toArray().length * 0 + cursor.rowsWritten;
    return cursor;
  };
  const [getAlarm, setAlarm] = [storage.getAlarm.bind(storage), storage.setAlarm.bind(storage)];
  return Object.defineProperties(state, {
    storage: {
      value: Object.defineProperties(storage, {
        getAlarm: { value: () => getAlarm().then((at) => at && at + clockOffsetMs) },
        setAlarm: {
          value: (at: number) => {
            writtenRows += 1;
            writtenAlarms += 1;
            return setAlarm(at - clockOffsetMs);
          },
        },
        sql: { value: { exec: countingExec } },
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

/** Runs a command of the test on a shard: `add`, `bill`, `many<batches>` or `many<batches>x<series>`, `written`, `crash`, `age<days>`, `postpone<ms>`, `idle<ms>`, `clock<ms>`, or what to count in storage, as `rows` does. */
async function runOnShard(env: Env, name: string, command: string, batches: string | null): Promise<Response> {
  const stub = env.TELEMETRY.get(env.TELEMETRY.idFromName(name));
  if (command === "add") return new Response(String(await stub.add(name, JSON.parse(batches!))));
  if (command === "bill") return Response.json(await stub.bill(name, JSON.parse(batches!)[0]));
  if (command === "crash") return new Response(await stub.crash().then(() => "alive", () => "crashed"));
  if (command === "stored") return Response.json(await stub.stored());
  if (command === "written") return Response.json(await stub.written());
  if (command.startsWith("many")) {
    const [count, series = 1] = command.slice(4).split("x").map(Number);
    return new Response(String(await stub.many(name, count!, series)));
  }
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
    const [, shard, command] = /^\/(shard-\d+)\/([\w-]+)$/.exec(new URL(request.url).pathname) ?? [];
    if (shard && command) return runOnShard(env, shard, command, request.headers.get("batches"));
    const requestId = crypto.randomUUID();
    const full = request.headers.get("full");
    if (full) {
      for (const tenant of full.split(",")) {
        for (const { metric, labels } of seriesOfTenant(Number(tenant))) meter.count(metric.name as never, labels as never);
      }
      await meter.flush(env, context);
      return new Response("counted");
    }
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
