/** Runs both Workers in workerd, together with the fakes. */

import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import { Miniflare } from "miniflare";

import { type Fakes, startFakes } from "../fakes/server.ts";
import { readWranglerConfig, workerOptions } from "./wrangler.ts";

const WORKERS = ["worker-api", "ingest-worker"] as const;

export interface Platform {
  /** The URLs of both Workers and the fakes by name, such as http://127.0.0.1:1234. */
  readonly urls: Readonly<Record<(typeof WORKERS)[number] | "fakes", string>>;
  close(): Promise<void>;
}

/**
 * Starts the Workers and the fakes on free ports of 127.0.0.1. `example` is the URL of the example's folder, `vars`
 * override the variables of both Workers, `onLog` gets each line that they log.
 */
export async function startPlatform(
  example: URL,
  vars: Record<string, string>,
  onLog: (line: string) => void,
): Promise<Platform> {
  const fakes = await startFakes();
  try {
    const key = randomBytes(32).toString("hex"); // a deployed platform has it as a secret
    return await startWorkers(example, { TELEMETRY_ORIGIN_KEY: key, ...vars }, onLog, fakes);
  } catch (error) {
    await fakes.close();
    throw error;
  }
}

async function startWorkers(example: URL, vars: Record<string, string>, onLog: (line: string) => void, fakes: Fakes) {
  const workers = WORKERS.map(async (name) => {
    const folder = new URL(`${name}/`, example);
    const config = readWranglerConfig(folder);
    return workerOptions(config, await bundle(new URL(config.main, folder)), new URL(fakes.url), vars);
  });
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    cf: false, // otherwise Miniflare downloads a sample of `request.cf`
    handleStructuredLogs: ({ message }: { readonly message: string }) => void onLog(message),
    workers: await Promise.all(workers),
  });
  const urls = await Promise.all(WORKERS.map(async (name) => [name, (await miniflare.unsafeGetDirectURL(name)).origin]));
  return {
    urls: { ...Object.fromEntries(urls), fakes: fakes.url } as Platform["urls"],
    close: async () => {
      await miniflare.dispose();
      await fakes.close();
    },
  };
}

async function bundle(entry: URL): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    conditions: ["workerd"],
    external: ["cloudflare:*"],
  });
  return outputFiles[0]?.text ?? "";
}
