/** Texts are encoded into one buffer again and again. */

import { expect, test } from "vitest";
import { EncodeBuffer } from "../src/encode_buffer.ts";

test.each(["", "ascii", "é€😀".repeat(1_000), "x".repeat(100_000)])("the bytes of a text are its UTF-8, whatever was encoded before", (text) => {
  const buffer = new EncodeBuffer();
  buffer.encode("€".repeat(300));
  expect(new TextDecoder().decode(buffer.encode(text))).toBe(text);
});
