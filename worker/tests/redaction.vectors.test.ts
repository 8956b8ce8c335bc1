import { expect, test } from "vitest";
import { redactText } from "../src/redaction.ts";
import vectors from "./redaction.vectors.json";

// The same vectors are read by the Python side (tests/redaction): both ends mean the same by the policy.
// Each text comes in pieces, so that scanners of secrets do not take the file for a leak.
test.each(vectors)("The policy on $why", ({ text, all, credential }) => {
  expect(redactText(text.join(""))).toBe(all);
  expect(redactText(text.join(""), "credential")).toBe(credential);
});

test.each(vectors)("What was redacted stays as it is when it is redacted again: $why", ({ all }) => {
  expect(redactText(all)).toBe(all);
});
