/** Texts that are redacted and cut to a maximum length. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { redactAndTruncate } from "../src/log_text.ts";

const TIMEOUT_MS = 60_000;

test("a text within the maximum length is unchanged", () => {
  expect(redactAndTruncate("12345", 5)).toBe("12345");
});

test("a text that is cut ends with an ellipsis, within the maximum length", () => {
  expect(redactAndTruncate("123456", 5)).toBe("1234…");
  expect(redactAndTruncate("x".repeat(10_000), 1000)).toBe(`${"x".repeat(999)}…`);
});

test("a redaction mark is never cut in half", () => {
  expect(redactAndTruncate(`${"x".repeat(10)} a@example.com`, 20)).toBe(`${"x".repeat(10)} …`);
  expect(redactAndTruncate(`${"x".repeat(10)} a@example.com, and more`, 28)).toBe(`${"x".repeat(10)} [redacted:email]…`);
});

test("surrogate pairs are never cut in half, and lone surrogates are replaced", () => {
  expect(redactAndTruncate("123😀", 4)).toBe("123…");
  expect(redactAndTruncate("1234😀", 5)).toBe("1234…");
  expect(redactAndTruncate("a\udc00b\ud800", 9)).toBe("a\ufffdb\ufffd");
});

test("a part of a secret is never written, although no rule matches the part", () => {
  // Redaction stops at 800 characters, within the card number; the key before it shrinks to a mark, so the card number would fit.
  const key = `-----BEGIN PRIVATE KEY-----${"A".repeat(733)}-----END PRIVATE KEY-----`;
  const text = `${key}, 4000 1234 5678 9017`;
  expect(text.slice(0, 800)).toMatch(/ 4000 1234 567$/);
  expect(redactAndTruncate(text, 100)).toBe("[redacted:private_key]…");
  expect(redactAndTruncate(`${"x".repeat(60)} ${text}`, 861)).toBe(`${"x".repeat(60)} [redacted:private_key], [redacted:card_number]`);
});

test("the length limit and the redaction hold for any text", () => {
  const fragments = ["x", " ", " a@example.com ", "😀", "\ud800", " 4000 1234 5678 9017 ", "[redacted:", "]", "token="];
  const pieces = fc.constantFrom(...fragments);
  const text = fc.array(pieces, { maxLength: 400 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 300 }), (original, maxLength) => {
      const safe = redactAndTruncate(original, maxLength);
      expect(safe.length).toBeLessThanOrEqual(maxLength);
      expect(safe).not.toMatch(/[\ud800-\udfff](?<![\ud800-\udbff][\udc00-\udfff])(?![\udc00-\udfff])|example|4000/);
    }),
    { numRuns: 1_000 },
  );
}, TIMEOUT_MS);

test("the text before a long secret is kept", () => {
  const key = `-----BEGIN PRIVATE KEY-----\n${"A".repeat(8_000)}\n-----END PRIVATE KEY-----`;
  expect(redactAndTruncate(`loading the key failed: ${key}`, 1_024)).toBe("loading the key failed: [redacted:private_key]…");
});
