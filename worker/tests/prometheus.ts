/** A real Prometheus, started with the shipped configuration and the flags that its header lists. */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { waitFor } from "./workerd.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CONFIGURATION = `${ROOT}out/prometheus/prometheus.yaml`;

/** The executable, or undefined if it was not built; then test titles say that the test is skipped, and how to build it. */
export const PROMETHEUS = [process.env.PROMETHEUS, `${ROOT}.tools/prometheus`].find((path) => path && existsSync(path));
export const WITHOUT_PROMETHEUS = PROMETHEUS ? "" : " (skipped: .tools/prometheus is missing; `make worker` builds it with Go)";

/** Returns the flags that the header of the shipped configuration tells a user to pass. */
function flags(): string[] {
  return readFileSync(CONFIGURATION, "utf8").split("\n").flatMap((line) => /^# {3}(--[\w.=,-]+)/.exec(line)?.[1] ?? []);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface Sample {
  readonly metric: Record<string, string>;
  readonly value: [number, string];
}

export class Prometheus {
  readonly #folder: string;
  readonly #port: number;
  #process: ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
  }

  /** Starts a Prometheus that keeps its data in `folder`. */
  static async start(folder: string): Promise<Prometheus> {
    const prometheus = new Prometheus(folder, await freePort());
    await prometheus.start();
    return prometheus;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get otlpUrl(): string {
    return `${this.url}/api/v1/otlp/v1/metrics`;
  }

  /** Starts the process; after `kill`, with the same port and data. */
  async start(): Promise<void> {
    const instanceFlags = [`--web.listen-address=127.0.0.1:${this.#port}`, `--storage.tsdb.path=${this.#folder}`];
    const allFlags = [`--config.file=${CONFIGURATION}`, "--log.level=warn", ...flags(), ...instanceFlags];
    this.#process = spawn(PROMETHEUS!, allFlags, { stdio: "ignore" });
    const isReady = () => fetch(`${this.url}/-/ready`).then((response) => response.ok, () => false);
    await waitFor(isReady, (ready) => ready).catch(async (timeout: unknown) => {
      await this.stop();
      throw timeout;
    });
  }

  /** Kills the process, as a crash would. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const exited = new Promise((resolve) => this.#process?.once("exit", resolve));
    if (this.#process?.exitCode !== null) return;
    this.#process.kill(signal);
    await exited;
  }

  async stop(): Promise<void> {
    await this.kill("SIGTERM");
  }

  async query(expression: string): Promise<Sample[]> {
    const response = await fetch(`${this.url}/api/v1/query?${new URLSearchParams({ query: expression })}`);
    return ((await response.json()) as { data: { result: Sample[] } }).data.result;
  }

  /** Returns the time of the first sample of each series, which is 0 at the start time that was pushed. */
  async starts(series: string): Promise<string[]> {
    const response = await fetch(`${this.url}/api/v1/query?${new URLSearchParams({ query: `${series}[1h]` })}`);
    const { data } = (await response.json()) as { data: { result: { metric: Record<string, string>; values: [number, string][] }[] } };
    return data.result.map(({ metric, values: [first] }) => `${JSON.stringify(metric, Object.keys(metric).sort())} ${first!.join(" ")}`).sort();
  }

  /** Returns the value of the first result; 0 if the result is empty. */
  async number(expression: string): Promise<number> {
    return Number((await this.query(expression))[0]?.value[1] ?? 0);
  }

  /** Returns the exemplars of a selector in the last hour. */
  async exemplars(selector: string): Promise<{ seriesLabels: Record<string, string>; exemplars: Exemplar[] }[]> {
    const now = Date.now() / 1000;
    const parameters = { query: selector, start: String(now - 3600), end: String(now + 60) };
    const response = await fetch(`${this.url}/api/v1/query_exemplars?${new URLSearchParams(parameters)}`);
    return ((await response.json()) as { data: { seriesLabels: Record<string, string>; exemplars: Exemplar[] }[] }).data;
  }
}

export interface Exemplar {
  readonly labels: Record<string, string>;
  readonly value: string;
}
