/** Fixtures of the shard tests: a Worker that counts requests, its collector, temporary folders, and their cleanup. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { Collector } from "./collector.ts";
import { bundle, type RunningWorker, startWorker } from "./workerd.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // these tests start and stop real runtimes

export type Bindings = Record<string, string | number>;
/** Intervals at least ten times shorter than the defaults, so that tests run faster. */
export const SHORT_INTERVALS: Bindings = { TELEMETRY_WINDOW_MS: 100, TELEMETRY_PUSH_MS: 100, TELEMETRY_FULL_MS: 500 };

/** Starts resources and disposes of them in reverse order. */
export class Fixtures {
  readonly #cleanups: (() => Promise<void> | void)[] = [];

  /** Registers a resource to be stopped by `dispose`, and returns it. */
  use<Resource extends { stop(): Promise<void> }>(resource: Resource): Resource {
    this.#cleanups.push(() => resource.stop());
    return resource;
  }

  /** Creates a folder that `dispose` removes. */
  temporaryFolder(): string {
    const path = mkdtempSync(join(tmpdir(), "worker-test-"));
    this.#cleanups.push(() => rmSync(path, { recursive: true, force: true }));
    return path;
  }

  async collector(): Promise<Collector> {
    return this.use(await Collector.start());
  }

  /** Starts a Worker, by default that of `workers/counting.ts`, which pushes to `url`. */
  async worker(url: string, bindings: Bindings = {}, persist?: string, entry = "workers/counting.ts"): Promise<RunningWorker> {
    const setup = { script: await bundle(entry), bindings: { ...SHORT_INTERVALS, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: url, ...bindings } };
    return this.use(await startWorker(persist ? { ...setup, persist } : setup));
  }

  async dispose(): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0).reverse()) await cleanup();
  }
}

/** Returns the messages of the lines that a Worker has logged. */
export function loggedMessages({ lines }: RunningWorker): string[] {
  return lines.map((line) => JSON.parse(line) as { message: string }).map(({ message }) => message);
}
