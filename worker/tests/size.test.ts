/** The size that the library, including the contract's names, adds to a Worker's bundle, minified and gzipped. */

import { expect, test } from "vitest";
// @ts-expect-error the script has no type declarations
import { bytesOf } from "../bench/size.mjs";

/** Tolerance in bytes for other builds of zlib, which may compress slightly worse. */
const ZLIB_TOLERANCE = process.arch === "x64" ? 0 : 50;

const OBSERVE = { "./src/index.ts": ["observe", "withRequest", "originOf"] };
const OBJECTS = { "./src/index.ts": ["observe", "withRequest", "originOf", "observeObject"] };
const SHARD = { "./src/shard.ts": ["TelemetryShard"] };

test.each([
  ["observe", { "./src/index.ts": ["observe"] }, 23_600],
  ["observe with the functions for Durable Objects", OBSERVE, 23_800],
  ["observe with the functions for Durable Objects and the class of objects", OBJECTS, 24_500],
  ["the shard", SHARD, 17_500],
  ["all of them", { ...OBSERVE, ...SHARD }, 31_900],
])("%s (%o) is smaller than %i bytes", async (_, entries, limit) => {
  const { gzipped } = (await bytesOf(entries)) as { gzipped: number };
  expect(gzipped).toBeLessThan(limit + ZLIB_TOLERANCE);
});
