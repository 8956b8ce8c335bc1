// Bundles the library into its two entries and what they share; declarations come from tsc (tsconfig.build.json).
import { build } from "esbuild";

await build({
  entryPoints: ["src/index.ts", "src/shard.ts"],
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
