/** HMAC-SHA-256 gives what Node's OpenSSL gives. */

import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { hmacSha256 } from "../src/hmac.ts";

test("the second test vector of RFC 4231", () => {
  const expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
  expect(hmacSha256("Jefe", "what do ya want for nothing?")).toBe(expected);
});

vi.setConfig({ testTimeout: 60_000 });

test("keys and texts of any length and language have OpenSSL's HMAC", () => {
  const text = fc.string({ unit: "binary", maxLength: 300 });
  fc.assert(
    fc.property(text, text, (key, message) => {
      expect(hmacSha256(key, message)).toBe(createHmac("sha256", key).update(message).digest("hex"));
    }),
  );
});
