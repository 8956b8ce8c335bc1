/** A shard of full tenants whose storage and calls are measured. */

import type { MetricsBatch } from "../../src/batch.ts";
import type { TelemetryEnv } from "../../src/config.ts";
import { seriesKey, zeros } from "../../src/series.ts";
import { TelemetryShard as Shard } from "../../src/shard.ts";
import { SERIES_PER_TENANT, seriesOfTenant } from "../../tests/workers/full_tenant.ts";

/** The deltas of a tenant, each of one observation. */
function deltasOf(tenant: number): MetricsBatch["deltas"] {
  return seriesOfTenant(tenant).map(({ metric, labels }) => {
    const numbers = zeros(metric);
    numbers[0] = 1;
    numbers[numbers.length - 1] = 1.25;
    return { key: seriesKey(metric, labels, "worker-api"), numbers, exemplars: [] };
  });
}

/** What the shard has written, and the time while it is simulated, in milliseconds since 1970; one shard is measured at a time. */
const written = { rows: 0, alarms: 0 };
let simulatedNow: number | undefined;
let simulatedAlarm = 0;

export class TelemetryShard extends Shard {
  constructor(state: DurableObjectState, env: TelemetryEnv) {
    const { storage } = state;
    const exec = storage.sql.exec.bind(storage.sql);
    const [getAlarm, setAlarm] = [storage.getAlarm.bind(storage), storage.setAlarm.bind(storage)];
    const measured = Object.defineProperties(storage, {
      sql: {
        value: {
          exec: (statement: string, ...values: unknown[]) => {
            const cursor = exec(statement, ...values);
            written.rows += cursor.rowsWritten;
            return cursor;
          },
        },
      },
      setAlarm: {
        value: async (at: number) => {
          written.alarms += 1;
          simulatedAlarm = at;
          if (simulatedNow === undefined) await setAlarm(at); // during a simulation of time, the simulation runs the alarms
        },
      },
      getAlarm: { value: async () => (simulatedNow === undefined ? getAlarm() : simulatedAlarm) },
    });
    super(Object.defineProperties(state, { storage: { value: measured } }), env);
  }

  /** Adds full tenants, in batches as an isolate sends them. */
  async fill(first: number, count: number): Promise<void> {
    const perBatch = Math.floor(5_000 / SERIES_PER_TENANT);
    for (let tenant = first; tenant < first + count; tenant += perBatch) {
      const tenants = Array.from({ length: Math.min(perBatch, first + count - tenant) }, (_, index) => tenant + index);
      await this.add("shard-0", [{ id: crypto.randomUUID(), takenAt: Date.now(), service: "worker-api", deltas: tenants.flatMap(deltasOf) }]);
    }
  }

  /**
   * Simulates seconds of requests from one isolate, spread over tenants, with a flush each `windowMs` or, with `isSync`, one for each request;
   * and the alarms that the shard sets. Returns the rows and requests that Cloudflare bills.
   */
  async simulate(seconds: number, perSecond: number, tenants: number, windowMs: number, isSync: boolean) {
    const realNow = Date.now;
    const start = realNow();
    [written.rows, written.alarms, simulatedNow] = [0, 0, start];
    Date.now = () => simulatedNow!;
    const flushes = isSync ? perSecond * seconds : Math.min(perSecond, 1_000 / windowMs) * seconds;
    let [request, alarms] = [0, 0];
    try {
      simulatedAlarm = start;
      for (let flush = 0; flush < flushes; flush++) {
        simulatedNow = start + (flush * seconds * 1_000) / flushes;
        while (simulatedAlarm <= simulatedNow) {
          await this.alarm();
          alarms += 1;
        }
        const deltas = new Map<string, MetricsBatch["deltas"][number]>();
        for (; request < ((flush + 1) * seconds * perSecond) / flushes; request++) {
          for (const delta of deltasOf((request * 7_919) % tenants).slice(0, 4)) deltas.set(delta.key, delta);
        }
        await this.add("shard-0", [{ id: crypto.randomUUID(), takenAt: simulatedNow, service: "worker-api", deltas: [...deltas.values()] }]);
      }
    } finally {
      Date.now = realNow;
      simulatedNow = undefined;
    }
    return { rows: written.rows + written.alarms, requests: flushes + alarms, seconds };
  }
}

type Env = Omit<TelemetryEnv, "TELEMETRY"> & { readonly TELEMETRY: DurableObjectNamespace<TelemetryShard> };

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const parameter = (name: string): number => Number(searchParams.get(name));
    const shard = env.TELEMETRY.getByName(searchParams.get("shard") ?? "shard-0");
    if (pathname === "/fill") return Response.json(await shard.fill(parameter("first"), parameter("count")) ?? null);
    if (pathname === "/simulate") {
      const isSync = searchParams.has("sync");
      return Response.json(await shard.simulate(parameter("seconds"), parameter("perSecond"), parameter("tenants"), parameter("windowMs"), isSync));
    }
    return new Response("unknown", { status: 404 });
  },
} satisfies ExportedHandler<Env>;
