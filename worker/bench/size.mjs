// Bytes that the library adds to a Worker, minified and gzipped: with what observes alone, and with the shard too.
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Bytes of a module that exports these names of the library, as a Worker's bundle would hold them. */
export async function bytesOf(names) {
  const { outputFiles } = await build({
    stdin: { contents: `export { ${names.join(", ")} } from "./src/index.ts";`, resolveDir: `${import.meta.dirname}/..` },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    external: ["cloudflare:workers"],
  });
  return { minified: outputFiles[0].contents.length, gzipped: gzipSync(outputFiles[0].contents, { level: 9 }).length };
}

const OBSERVING = ["observe", "withRequest", "requestOf"];

if (process.argv[1] === import.meta.filename) {
  for (const names of [["observe"], OBSERVING, ["TelemetryShard"], [...OBSERVING, "TelemetryShard"]]) {
    const { minified, gzipped } = await bytesOf(names);
    console.log(`${names.join(", ")}: ${minified} bytes minified, ${gzipped} gzipped`);
  }
}
