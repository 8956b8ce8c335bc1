// Bundles the library into one module; declarations come from tsc (tsconfig.build.json).
import { build } from "esbuild";

await build({
  entryPoints: ["src/index.ts"],
  outfile: "built/index.js",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  external: ["cloudflare:workers"],
  absWorkingDir: import.meta.dirname,
});
