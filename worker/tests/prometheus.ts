/** A real Prometheus, started as a user does: with the shipped configuration, and the flags that it asks for. */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { until } from "./workerd.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CONFIGURATION = `${ROOT}out/prometheus/prometheus.yaml`;

/** The program, or undefined where it was not built: then tests say that they were skipped, and what to do. */
export const PROMETHEUS = [process.env.PROMETHEUS, `${ROOT}.tools/prometheus`].find((path) => path && existsSync(path));
export const WITHOUT_PROMETHEUS = PROMETHEUS ? "" : " (skipped: there is no .tools/prometheus; `make worker` builds it with Go)";

/** The flags that the head of the shipped configuration tells a user to give. */
function flags(): string[] {
  return readFileSync(CONFIGURATION, "utf8").split("\n").flatMap((line) => /^# {3}(--[\w.=,-]+)/.exec(line)?.[1] ?? []);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
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

  /** Starts one that keeps its data in a folder. */
  static async start(folder: string): Promise<Prometheus> {
    const prometheus = new Prometheus(folder, await freePort());
    await prometheus.start();
    return prometheus;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get receiver(): string {
    return `${this.url}/api/v1/otlp/v1/metrics`;
  }

  /** Starts it (again, after `kill`, on the same port and data). */
  async start(): Promise<void> {
    const where = [`--web.listen-address=127.0.0.1:${this.#port}`, `--storage.tsdb.path=${this.#folder}`];
    const how = [`--config.file=${CONFIGURATION}`, "--log.level=warn", ...flags(), ...where];
    this.#process = spawn(PROMETHEUS!, how, { stdio: "ignore" });
    const isReady = () => fetch(`${this.url}/-/ready`).then((answer) => answer.ok, () => false);
    await until(isReady, (ready) => ready).catch(async (never: unknown) => {
      await this.stop();
      throw never;
    });
  }

  /** Ends it at once, as a crash would. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const ended = new Promise((done) => this.#process?.once("exit", done));
    if (this.#process?.exitCode !== null) return;
    this.#process.kill(signal);
    await ended;
  }

  async stop(): Promise<void> {
    await this.kill("SIGTERM");
  }

  async query(expression: string): Promise<Sample[]> {
    const answer = await fetch(`${this.url}/api/v1/query?${new URLSearchParams({ query: expression })}`);
    return ((await answer.json()) as { data: { result: Sample[] } }).data.result;
  }

  /** The one number that an expression gives; 0 where it gives none. */
  async number(expression: string): Promise<number> {
    return Number((await this.query(expression))[0]?.value[1] ?? 0);
  }

  /** The exemplars of a selector in the last hour. */
  async exemplars(selector: string): Promise<{ seriesLabels: Record<string, string>; exemplars: Exemplar[] }[]> {
    const now = Date.now() / 1000;
    const times = { query: selector, start: String(now - 3600), end: String(now + 60) };
    const answer = await fetch(`${this.url}/api/v1/query_exemplars?${new URLSearchParams(times)}`);
    return ((await answer.json()) as { data: { seriesLabels: Record<string, string>; exemplars: Exemplar[] }[] }).data;
  }
}

export interface Exemplar {
  readonly labels: Record<string, string>;
  readonly value: string;
}
