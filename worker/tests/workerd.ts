/** Runs Workers under test in the real runtime: esbuild bundles them, workerd runs them under Miniflare, without network access. */

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare, type MiniflareOptions } from "miniflare";

/** The same compatibility settings as in the Workers' Wrangler configuration. */
export const COMPATIBILITY = { compatibilityDate: "2026-04-01", compatibilityFlags: ["nodejs_compat"] };

/** Bundles a Worker into one ES module; `entry` is a path relative to this folder. */
export async function bundle(entry: string): Promise<string> {
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

/** A running Worker and every line that it has logged. */
export interface RunningWorker {
  readonly miniflare: Miniflare;
  readonly lines: string[];
  /** Sends a request, waits at most ten seconds, and returns the response body as text. */
  fetchText(path: string, headers?: Record<string, string>): Promise<string>;
  stop(): Promise<void>;
}

export interface WorkerSetup {
  /** The Worker's script, as returned by `bundle`. */
  readonly script: string;
  readonly bindings: Record<string, string | number>;
  readonly serviceBindings?: MiniflareOptions["serviceBindings"];
  /** The folder for storage that must survive a restart. Default: in memory. */
  readonly persist?: string;
}

/** Starts a Worker whose binding TELEMETRY is its own class `TelemetryShard`. */
export async function startWorker({ script, bindings, serviceBindings = {}, persist }: WorkerSetup): Promise<RunningWorker> {
  const lines: string[] = [];
  const options: MiniflareOptions = {
    ...COMPATIBILITY,
    cf: false,
    modules: true,
    script,
    bindings,
    serviceBindings,
    durableObjects: { TELEMETRY: { className: "TelemetryShard", useSQLite: true } },
    handleStructuredLogs: ({ message }: { message: string }) => void lines.push(message),
    ...(persist ? { defaultPersistRoot: persist } : {}),
  };
  const miniflare = new Miniflare(options);
  const url = await miniflare.ready;
  const fetchText = async (path: string, headers: Record<string, string> = {}): Promise<string> => {
    const response = await fetch(new URL(path, url), { headers, signal: AbortSignal.timeout(10_000) });
    return response.text();
  };
  let stopped: Promise<void> | undefined;
  return { miniflare, lines, fetchText, stop: () => (stopped ??= miniflare.dispose()) };
}

/** Kills the workerd processes of this test with SIGKILL, as a machine failure would: they flush nothing and notify nobody. */
export function killWorkerd(): void {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
  for (const child of children.filter(Boolean)) {
    const [executable = ""] = readFileSync(`/proc/${child}/cmdline`, "utf8").split("\0");
    if (basename(executable) === "workerd") process.kill(Number(child), "SIGKILL");
  }
}

/** Calls `task` `count` times, at most `concurrency` calls at a time, and returns the results in order. */
export async function runConcurrently<Result>(
  count: number,
  concurrency: number,
  task: (n: number) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(count);
  let next = 0;
  const runner = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) results[n] = await task(n);
  };
  await Promise.all(Array.from({ length: concurrency }, runner));
  return results;
}

/** Polls `read` until `isDone` accepts its value. After the timeout it throws an error that contains the last value. */
export async function waitFor<Value>(
  read: () => Value | Promise<Value>,
  isDone: (value: Value) => boolean,
  timeoutMs = 15_000,
): Promise<Value> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (isDone(value)) return value;
    if (Date.now() > deadline) throw new Error(`condition not met within ${timeoutMs} ms; last value: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
