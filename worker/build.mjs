// Bundles the library, with the contract of out/, into its entries and what they share; declarations come from tsc
// (tsconfig.build.json).
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

// The names of shared chunks have their hashes: those of an earlier build would stay in the package.
const built = join(import.meta.dirname, "built");
for (const file of readdirSync(built).filter((name) => /\.js(\.map)?$/.test(name))) rmSync(join(built, file));

await build({
  entryPoints: { index: "src/index.ts", shard: "src/shard.ts", contract: "../out/contract/contract.gen.ts" },
  tsconfig: "tsconfig.build.json",
  outdir: "built",
  bundle: true,
  splitting: true,
  chunkNames: "shared-[hash]",
  minify: true,
  sourcemap: true,
  format: "esm",
  target: "es2022",
  external: ["cloudflare:workers"],
  absWorkingDir: import.meta.dirname,
});
