/** The size that the library, including the contract's names, adds to a Worker's bundle, minified and gzipped. */

import { expect, test } from "vitest";
import { SERVICES } from "../../out/contract/contract.gen.ts";
// @ts-expect-error the script has no type declarations
import { bytesOf } from "../bench/size.mjs";

/** Bytes that each additional service or route of a platform may take. */
const BYTES_PER_NAME = 30;
/** Tolerance in bytes for other builds of zlib, which may compress slightly worse. */
const ZLIB_TOLERANCE = process.arch === "x64" ? 0 : 50;
const additionalNames = Object.entries(SERVICES).flat(2).length - 5;

test.each([
  ["observe", { "./src/index.ts": ["observe"] }, 11_000],
  ["observe with the functions for Durable Objects", { "./src/index.ts": ["observe", "withRequest", "originOf"] }, 11_000],
  ["the shard", { "./src/shard.ts": ["TelemetryShard"] }, 10_000],
])("%s (%o) is smaller than %i bytes", async (_, entries, limit) => {
  const { gzipped } = (await bytesOf(entries)) as { gzipped: number };
  expect(gzipped).toBeLessThan(limit + Math.max(additionalNames, 0) * BYTES_PER_NAME + ZLIB_TOLERANCE);
});
