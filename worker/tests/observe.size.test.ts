/** What the library adds to a Worker's bundle, minified and gzipped. */

import { expect, test } from "vitest";
// @ts-expect-error a script without types
import { bytesOf } from "../bench/size.mjs";

test.each([
  ["a Worker whose shards live in another", ["observe", "withRequest", "requestOf"], 15_000],
  ["a Worker with shards of its own", ["observe", "withRequest", "requestOf", "TelemetryShard"], 18_000],
])("%s carries %j in less than so many bytes: %i", async (_, names, limit) => {
  const { gzipped } = (await bytesOf(names)) as { gzipped: number };
  expect(gzipped).toBeLessThan(limit);
});
