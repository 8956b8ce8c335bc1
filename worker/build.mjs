// Bundles the library, with the contract of out/, into its entries and what they share; declarations come from tsc
// (tsconfig.build.json).
import { build } from "esbuild";

await build({
  entryPoints: { index: "src/index.ts", shard: "src/shard.ts", contract: "../out/contract/contract.gen.ts" },
  tsconfig: "tsconfig.build.json",
  outdir: "built",
  bundle: true,
  splitting: true,
  chunkNames: "shared",
  minify: true,
  format: "esm",
  target: "es2022",
  external: ["cloudflare:workers"],
  absWorkingDir: import.meta.dirname,
});
