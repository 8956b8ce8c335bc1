// Prints the bytes that the library adds to a Worker, minified and gzipped, for several sets of imports.
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Sets of imports: the imported names by module. */
export const ENTRIES = [
  { "./src/index.ts": ["observe"] },
  { "./src/index.ts": ["observe", "withRequest", "originOf"] },
  { "./src/index.ts": ["observe", "withRequest", "originOf", "observeObject"] },
  { "./src/shard.ts": ["TelemetryShard"] },
  { "./src/index.ts": ["observe", "withRequest", "originOf"], "./src/shard.ts": ["TelemetryShard"] },
];

/** Returns the size of a bundle that exports these names. */
export async function bytesOf(entries) {
  const contents = Object.entries(entries).map(([module, names]) => `export { ${names.join(", ")} } from "${module}";`);
  const { outputFiles } = await build({
    stdin: { contents: contents.join("\n"), resolveDir: `${import.meta.dirname}/..` },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    external: ["cloudflare:workers"],
  });
  return { minified: outputFiles[0].contents.length, gzipped: gzipSync(outputFiles[0].contents, { level: 9 }).length };
}

if (process.argv[1] === import.meta.filename) {
  for (const entries of ENTRIES) {
    const { minified, gzipped } = await bytesOf(entries);
    console.log(`${Object.values(entries).flat().join(", ")}: ${minified} bytes minified, ${gzipped} gzipped`);
  }
}
