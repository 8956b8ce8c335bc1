// Bundles local/start.ts and runs it: node run.mjs
import { mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const folder = new URL("../node_modules/.example/", import.meta.url);
const outfile = fileURLToPath(new URL(`start-${process.pid}.mjs`, folder));
await mkdir(folder, { recursive: true });
await build({
  entryPoints: [fileURLToPath(new URL("local/start.ts", import.meta.url))],
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  outfile,
});
const { start } = await import(outfile);
await rm(outfile);
await start(new URL("./", import.meta.url).href);
