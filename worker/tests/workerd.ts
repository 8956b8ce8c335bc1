/** Workers under test in the real runtime: bundled by esbuild, run by workerd under miniflare, off the network. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare, type MiniflareOptions } from "miniflare";

/** What the Workers' wrangler configuration says too. */
export const COMPATIBILITY = { compatibilityDate: "2026-04-01", compatibilityFlags: ["nodejs_compat"] };

/** A Worker's modules as one ES module; `entry` is a path from this folder. */
export async function bundled(entry: string): Promise<string> {
  const path = fileURLToPath(new URL(entry, import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker"],
    external: ["cloudflare:*", "node:*"],
  });
  return outputFiles[0]!.text;
}

/** A running Worker, and every line that it has logged. */
export interface Running {
  readonly miniflare: Miniflare;
  readonly lines: string[];
  /** Sends a request, waits for ten seconds at most, and returns the answer's text. */
  ask(path: string, headers?: Record<string, string>): Promise<string>;
  stop(): Promise<void>;
}

export interface Setup {
  /** The Worker's script, as `bundled` makes it. */
  readonly script: string;
  readonly bindings: Record<string, string | number>;
  /** Where storage lives, to outlast a restart; in memory if absent. */
  readonly persist?: string;
}

/** Starts a Worker whose binding TELEMETRY is its own class `TelemetryShard`. */
export async function run({ script, bindings, persist }: Setup): Promise<Running> {
  const lines: string[] = [];
  const options: MiniflareOptions = {
    ...COMPATIBILITY,
    cf: false,
    modules: true,
    script,
    bindings,
    durableObjects: { TELEMETRY: { className: "TelemetryShard", useSQLite: true } },
    handleStructuredLogs: ({ message }: { message: string }) => void lines.push(message),
    ...(persist ? { defaultPersistRoot: persist } : {}),
  };
  const miniflare = new Miniflare(options);
  const url = await miniflare.ready;
  const ask = async (path: string, headers: Record<string, string> = {}): Promise<string> => {
    const answer = await fetch(new URL(path, url), { headers, signal: AbortSignal.timeout(10_000) });
    return answer.text();
  };
  let stopped: Promise<void> | undefined;
  return { miniflare, lines, ask, stop: () => (stopped ??= miniflare.dispose()) };
}

/** Ends the workerd of this process at once, as a machine that fails would: nothing is flushed, nobody is told. */
export function killWorkerd(): void {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
  for (const child of children.filter(Boolean)) {
    if (readFileSync(`/proc/${child}/cmdline`, "utf8").includes("workerd")) process.kill(Number(child), "SIGKILL");
  }
}

/** Asks `make` so many times, a number of them at a time, and returns the answers in order. */
export async function crowd<Answer>(
  times: number,
  together: number,
  make: (n: number) => Promise<Answer>,
): Promise<Answer[]> {
  const answers = new Array<Answer>(times);
  let next = 0;
  const one = async (): Promise<void> => {
    for (let n = next++; n < times; n = next++) answers[n] = await make(n);
  };
  await Promise.all(Array.from({ length: together }, one));
  return answers;
}

/** Waits until something holds, and fails with what it last was where it does not in time. */
export async function until<Value>(
  look: () => Value | Promise<Value>,
  holds: (value: Value) => boolean,
  ms = 15_000,
): Promise<Value> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    if (Date.now() > end) throw new Error(`it did not come about within ${ms} ms: ${JSON.stringify(value)}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
