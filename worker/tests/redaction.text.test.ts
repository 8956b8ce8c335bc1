import fc from "fast-check";
import { expect, test } from "vitest";
import { safeText } from "../src/text.ts";

const PATIENCE = 60_000;

test("A text within its longest is left whole", () => {
  expect(safeText("12345", 5)).toBe("12345");
});

test("A text that is cut says so, within its longest", () => {
  expect(safeText("123456", 5)).toBe("1234…");
  expect(safeText("x".repeat(10_000), 1000)).toBe(`${"x".repeat(999)}…`);
});

test("No mark of the redaction is cut in half", () => {
  expect(safeText(`${"x".repeat(10)} a@example.com`, 20)).toBe(`${"x".repeat(10)} …`);
  expect(safeText(`${"x".repeat(10)} a@example.com, and more`, 28)).toBe(`${"x".repeat(10)} [redacted:email]…`);
});

test("No surrogate pair is cut in half, and none stands alone", () => {
  expect(safeText("123😀", 4)).toBe("123…");
  expect(safeText("1234😀", 5)).toBe("1234…");
  expect(safeText("a\udc00b\ud800", 9)).toBe("a\ufffdb\ufffd");
});

test("Half of a secret is not written, although no rule finds a half", () => {
  // The work ends at 800 characters, within the card's number; the key before it shrinks to a mark, so there is room.
  const key = `-----BEGIN PRIVATE KEY-----${"A".repeat(733)}-----END PRIVATE KEY-----`;
  const text = `${key}, 4000 1234 5678 9017`;
  expect(text.slice(0, 800)).toMatch(/ 4000 1234 567$/);
  expect(safeText(text, 100)).toBe("[redacted:private_key]…");
  expect(safeText(`${"x".repeat(60)} ${text}`, 861)).toBe(`${"x".repeat(60)} [redacted:private_key], [redacted:card_number]`);
});

test("However long a text is, and whatever is in it, the bounds hold", () => {
  const some = ["x", " ", " a@example.com ", "😀", "\ud800", " 4000 1234 5678 9017 ", "[redacted:", "]", "token="];
  const pieces = fc.constantFrom(...some);
  const text = fc.array(pieces, { maxLength: 400 }).map((all) => all.join(""));
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 300 }), (whole, longest) => {
      const safe = safeText(whole, longest);
      expect(safe.length).toBeLessThanOrEqual(longest);
      expect(safe).not.toMatch(/[\ud800-\udfff](?<![\ud800-\udbff][\udc00-\udfff])(?![\udc00-\udfff])|example|4000/);
    }),
    { numRuns: 1_000 },
  );
}, PATIENCE);

test("A text that a long secret fills keeps what stands before it", () => {
  const key = `-----BEGIN PRIVATE KEY-----\n${"A".repeat(8_000)}\n-----END PRIVATE KEY-----`;
  expect(safeText(`loading the key failed: ${key}`, 1_024)).toBe("loading the key failed: [redacted:private_key]…");
});
