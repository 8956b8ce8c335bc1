/** What the library adds to a Worker's bundle, minified and gzipped, with the contract's names. */

import { expect, test } from "vitest";
import { SERVICES } from "../../out/contract/contract.gen.ts";
// @ts-expect-error a script without types
import { bytesOf } from "../bench/size.mjs";

/** What a further service or route of a platform may take. */
const NAME = 30;
/** Where another zlib compresses, it may find other matches. */
const OTHER_ZLIB = process.arch === "x64" ? 0 : 50;
const names = Object.entries(SERVICES).flat(2).length - 5;

test.each([
  ["observe, the one import that instruments a Worker,", { "./src/index.ts": ["observe"] }, 10_000],
  ["all that Durable Objects of its own need, too,", { "./src/index.ts": ["observe", "withRequest", "requestOf"] }, 10_240],
  ["the shard", { "./src/shard.ts": ["TelemetryShard"] }, 10_000],
])("%s takes less than its bytes: %o, %i", async (_, entries, limit) => {
  const { gzipped } = (await bytesOf(entries)) as { gzipped: number };
  expect(gzipped).toBeLessThan(limit + Math.max(names, 0) * NAME + OTHER_ZLIB);
});
