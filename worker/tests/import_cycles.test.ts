/** The library's modules import each other without cycles; imports of types count, too. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const SOURCES = join(import.meta.dirname, "../src");
const modules = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));

function importsOf(module: string): string[] {
  const statements = readFileSync(join(SOURCES, module), "utf8").matchAll(/^(?:import|export) [^;]*? from "(\.[^"]+)";$/gm);
  return [...statements].map(([, path]) => join(dirname(module), path!)).filter((path) => modules.includes(path));
}

const imports = new Map(modules.map((module) => [module, importsOf(module)]));

/** Returns the modules on a cycle that can be reached from the last module of the path; undefined if there is none. */
function cycleFrom(path: readonly string[], acyclic: Set<string>): readonly string[] | undefined {
  const module = path.at(-1)!;
  for (const imported of imports.get(module)!) {
    if (path.includes(imported)) return [...path.slice(path.indexOf(imported)), imported];
    const cycle = acyclic.has(imported) ? undefined : cycleFrom([...path, imported], acyclic);
    if (cycle) return cycle;
  }
  acyclic.add(module);
  return undefined;
}

test("no module imports itself, directly or through others", () => {
  expect(imports.get("index.ts")).toContain("observe.ts"); // the imports are recognized
  const acyclic = new Set<string>();
  expect(modules.map((module) => cycleFrom([module], acyclic)).filter(Boolean)).toEqual([]);
});
