/** Both Workers in workerd, and the fakes beside them. */

import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import { Miniflare } from "miniflare";

import { type Fakes, startFakes } from "../fakes/server.ts";
import { declared, options } from "./wrangler.ts";

const WORKERS = ["worker-api", "ingest-worker"] as const;

export interface Platform {
  /** As http://127.0.0.1:1234, by name: both Workers, and the fakes. */
  readonly urls: Readonly<Record<(typeof WORKERS)[number] | "fakes", string>>;
  close(): Promise<void>;
}

/**
 * Start all of it on 127.0.0.1, at free ports. `example` is this example's folder, `vars` overlay the Workers' own,
 * `hear` is given each line of their consoles.
 */
export async function startPlatform(
  example: URL,
  vars: Record<string, string>,
  hear: (line: string) => void,
): Promise<Platform> {
  const fakes = await startFakes();
  try {
    return await started(example, vars, hear, fakes);
  } catch (error) {
    await fakes.close();
    throw error;
  }
}

async function started(example: URL, vars: Record<string, string>, hear: (line: string) => void, fakes: Fakes) {
  const workers = WORKERS.map(async (name) => {
    const folder = new URL(`${name}/`, example);
    const worker = declared(folder);
    return options(worker, await bundled(new URL(worker.main, folder)), new URL(fakes.url), vars);
  });
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    cf: false, // or it would ask the network what a request's `cf` is
    handleStructuredLogs: ({ message }: { readonly message: string }) => void hear(message),
    workers: await Promise.all(workers),
  });
  const found = await Promise.all(WORKERS.map(async (name) => [name, (await miniflare.unsafeGetDirectURL(name)).origin]));
  return {
    urls: { ...Object.fromEntries(found), fakes: fakes.url } as Platform["urls"],
    close: async () => {
      await miniflare.dispose();
      await fakes.close();
    },
  };
}

async function bundled(entry: URL): Promise<string> {
  const made = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    conditions: ["workerd"],
    external: ["cloudflare:*"],
  });
  return made.outputFiles[0]?.text ?? "";
}
