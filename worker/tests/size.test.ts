/** What the library adds to a Worker's bundle, minified and gzipped. */

import { expect, test } from "vitest";
// @ts-expect-error a script without types
import { bytesOf, ENTRIES } from "../bench/size.mjs";

test.each([
  ["./src/index.ts", 12_600],
  ["./src/shard.ts", 10_000],
])("a Worker carries what it imports from %s in less than so many bytes: %i", async (module, limit) => {
  const { gzipped } = (await bytesOf({ [module]: ENTRIES[module] })) as { gzipped: number };
  expect(gzipped).toBeLessThan(limit);
});
