/** What the tests of shards share: a Worker that counts, its collector, and their ends. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { Collector } from "./collector.ts";
import { bundled, run, type Running } from "./workerd.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // real runtimes start and stop in these tests

export type Bindings = Record<string, string | number>;
/** Time-lapse: the windows of the settings, ten times as short or more. */
export const QUICK: Bindings = { TELEMETRY_WINDOW_MS: 100, TELEMETRY_PUSH_MS: 100, TELEMETRY_FULL_MS: 500 };

/** Starts things, and ends them all, the last first. */
export class Stage {
  readonly #ends: (() => Promise<void> | void)[] = [];

  ending<Thing extends { stop(): Promise<void> }>(thing: Thing): Thing {
    this.#ends.push(() => thing.stop());
    return thing;
  }

  /** A folder that is gone when the test is over. */
  folder(): string {
    const path = mkdtempSync(join(tmpdir(), "worker-test-"));
    this.#ends.push(() => rmSync(path, { recursive: true, force: true }));
    return path;
  }

  async collector(): Promise<Collector> {
    return this.ending(await Collector.start());
  }

  /** The Worker of `workers/counting.ts`, which pushes to `url`. */
  async worker(url: string, bindings: Bindings = {}, persist?: string): Promise<Running> {
    const setup = { script: await bundled("workers/counting.ts"), bindings: { ...QUICK, OTLP_URL: url, ...bindings } };
    return this.ending(await run(persist ? { ...setup, persist } : setup));
  }

  async end(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end();
  }
}

/** The messages of what telemetry said of itself. */
export function messages({ lines }: Running): string[] {
  return lines.map((line) => JSON.parse(line) as { message: string }).map(({ message }) => message);
}
