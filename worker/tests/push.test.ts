/** How long a collector that asks for a pause is left alone. */

import { expect, test } from "vitest";
import { pauseOf } from "../src/push.ts";

const NOW = Date.UTC(2026, 10, 24, 12, 0, 0);

test.each([
  [null, 0],
  ["", 0],
  ["7", 7_000],
  ["0", 0],
  ["86400", 300_000], // five minutes at the most
  ["Tue, 24 Nov 2026 12:00:30 GMT", 30_000],
  ["Tue, 24 Nov 2026 11:00:00 GMT", 0],
  ["soon", 0],
  ["-5", 0],
  ["1e9", 0],
])("a Retry-After of %j is a pause of %i ms", (header, pause) => {
  expect(pauseOf(header, NOW)).toBe(pause);
});
