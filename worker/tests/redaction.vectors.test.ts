/** Test vectors of the redaction policy, shared with the Python implementation. */

import { expect, test } from "vitest";
import { redactText } from "../src/redaction.ts";
import vectors from "./redaction.vectors.json";

// The Python tests (tests/redaction) read the same vectors, so that both implementations agree.
// Each text is split into parts, so that secret scanners do not report the file.
test.each(vectors)("redaction of $why", ({ text, all, credential }) => {
  expect(redactText(text.join(""))).toBe(all);
  expect(redactText(text.join(""), "credential")).toBe(credential);
});

test.each(vectors)("redacting twice is the same as redacting once: $why", ({ all }) => {
  expect(redactText(all)).toBe(all);
});
