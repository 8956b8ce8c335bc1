/** The package that `npm pack` writes: built from the sources, complete, and usable by a Worker's project. */

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
// @ts-expect-error the script has no type declarations
import { bytesOf, ENTRIES } from "../bench/size.mjs";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const worker = fileURLToPath(new URL("../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "package-test-"));
const clone = join(folder, "clone/worker");
const consumer = join(folder, "consumer");
const installed = join(consumer, "node_modules/workers-ai-observability");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Packs a copy without what a build has left, and unpacks the archive as npm would install it. */
beforeAll(() => {
  const isSource = (path: string): boolean => !/\/(built|node_modules)$/.test(path);
  cpSync(worker, clone, { recursive: true, filter: isSource });
  cpSync(join(worker, "tests/contract"), join(folder, "clone/out/contract"), { recursive: true });
  symlinkSync(join(worker, "node_modules"), join(clone, "node_modules"));
  const environment = { ...process.env, npm_config_offline: "true", npm_config_update_notifier: "false" };
  execFileSync("npm", ["pack", "--silent"], { cwd: clone, env: environment });
  const [archive] = readdirSync(clone).filter((name) => name.endsWith(".tgz"));
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["xzf", join(clone, archive!), "--strip-components=1", "-C", installed]);
  symlinkSync(join(worker, "node_modules/@cloudflare"), join(consumer, "node_modules/@cloudflare"));
});

test("the package has its licence and README, each entry with types and a source map, and no sources", () => {
  const files = readdirSync(installed, { recursive: true }) as string[];
  expect(readFileSync(join(installed, "LICENSE"), "utf8")).toBe(readFileSync(join(worker, "../LICENSE"), "utf8"));
  expect(files).toEqual(expect.arrayContaining(["README.md", "package.json"]));
  const { exports, sideEffects } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  expect([Object.keys(exports), sideEffects]).toEqual([[".", "./shard", "./contract"], false]);
  for (const { types, default: code } of Object.values(exports) as { types: string; default: string }[]) {
    expect(files).toEqual(expect.arrayContaining([types.slice(2), code.slice(2), `${code.slice(2)}.map`]));
  }
  expect(files.filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))).toEqual([]);
});

test("source maps name the sources, and contain them", () => {
  const { sources, sourcesContent } = JSON.parse(readFileSync(join(installed, "built/shard.js.map"), "utf8"));
  const index = sources.findIndex((source: string) => source.endsWith("src/shard.ts"));
  expect(sourcesContent[index]).toBe(readFileSync(join(worker, "src/shard.ts"), "utf8"));
});

const CODE = `
import { observe, withRequest, getMeter, type RequestLog } from "workers-ai-observability";
import { METRICS } from "workers-ai-observability/contract";
export { TelemetryShard } from "workers-ai-observability/shard";
export const names: string[] = Object.keys(METRICS);
export const log = (log: RequestLog): string => log.requestId;
export { observe, withRequest, getMeter };
`;

test.each(["bundler", "nodenext"])("a project with moduleResolution %s compiles against the package, its declarations included", (moduleResolution) => {
  writeFileSync(join(consumer, "index.ts"), CODE);
  const module = moduleResolution === "bundler" ? "esnext" : "nodenext";
  const compilerOptions = { strict: true, target: "es2022", lib: ["es2023"], module, moduleResolution, noEmit: true, types: ["@cloudflare/workers-types"] };
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(consumer, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
  const compile = (): string => {
    try {
      return execFileSync(join(worker, "node_modules/.bin/tsc"), ["-p", consumer], { encoding: "utf8" });
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  };
  expect(compile()).toBe("");
});

test("what a Worker does not import is not in its bundle", async () => {
  const contents = 'import "workers-ai-observability"; import "workers-ai-observability/shard"; export default {};';
  const stdin = { contents, resolveDir: consumer };
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format: "esm", external: ["cloudflare:workers"], logLevel: "silent" });
  expect(outputFiles[0]!.text).not.toContain("telemetry");
});

test("the sizes in the README are those of the build", async () => {
  const rows = [...readFileSync(join(worker, "README.md"), "utf8").matchAll(/\| ([\d.]+) kB \| ([\d.]+) kB \|/g)];
  const stated = rows.map(([, minified, gzipped]) => [Number(minified), Number(gzipped)]);
  const sizes = (await Promise.all(ENTRIES.map(bytesOf))) as { minified: number; gzipped: number }[];
  expect(stated).toHaveLength(sizes.length);
  for (const [index, { minified, gzipped }] of sizes.entries()) {
    expect(Math.abs(stated[index]![0]! - minified / 1000)).toBeLessThanOrEqual(0.1);
    expect(Math.abs(stated[index]![1]! - gzipped / 1000)).toBeLessThanOrEqual(0.1);
  }
});
