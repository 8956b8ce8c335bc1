/** How long the exporter waits when a collector's response has a Retry-After header. */

import { expect, test } from "vitest";
import { parseRetryAfter } from "../src/otlp_exporter.ts";

const NOW = Date.UTC(2026, 10, 24, 12, 0, 0);

test.each([
  [null, 0],
  ["", 0],
  ["7", 7_000],
  ["0", 0],
  ["86400", 300_000], // at most five minutes
  ["Tue, 24 Nov 2026 12:00:30 GMT", 30_000],
  ["Tue, 24 Nov 2026 11:00:00 GMT", 0],
  ["soon", 0],
  ["-5", 0],
  ["1e9", 0],
])("a Retry-After of %j is a delay of %i ms", (header, delay) => {
  expect(parseRetryAfter(header, NOW)).toBe(delay);
});
