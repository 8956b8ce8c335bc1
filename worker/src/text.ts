/** Texts that may be logged: redacted first, then cut to their longest. */

import { type Kinds, mark, redactText } from "./redaction.ts";

const MARK = mark("").slice(0, -1);
/** So many characters before a cut may be a part of something that, whole, would have been found. */
const HALF_SEEN = 600;
const REMEMBERED_LENGTH = 128;
const REMEMBERED = 1000;
/** Short texts in which nothing was found: what programs say, they say again and again. */
const clean: Record<Kinds, Set<string>> = { all: new Set(), credential: new Set() };

/**
 * A text of at most `longest` UTF-16 units, redacted; what was cut ends in `…`. No mark of the redaction and no
 * surrogate pair is cut in half, no surrogate stands alone. The work is bounded by `longest`.
 */
export function safeText(text: string, longest: number, kinds: Kinds = "all"): string {
  if (clean[kinds].has(text) && text.length <= longest) return text;
  const far = 2 * longest;
  const redacted = redactText(text.slice(0, far), kinds).replace(/[\ud800-\udfff]/gu, "\ufffd");
  if (redacted === text) remember(clean[kinds], text);
  if (text.length > far) return cut(redacted, Math.min(longest, wholeUntil(redacted) + 1));
  return redacted.length > longest ? cut(redacted, longest) : redacted;
}

/** Where a text that goes on ends for sure: before what may be half of a secret, but not before the last mark. */
function wholeUntil(text: string): number {
  const mark = text.lastIndexOf(MARK);
  return Math.max(text.length - HALF_SEEN, mark < 0 ? 0 : text.indexOf("]", mark) + 1);
}

function remember(texts: Set<string>, text: string): void {
  if (text.length > REMEMBERED_LENGTH) return;
  if (texts.size >= REMEMBERED) texts.clear();
  texts.add(text);
}

function cut(text: string, longest: number): string {
  let end = longest - 1;
  const mark = text.lastIndexOf(MARK, end - 1);
  if (mark >= 0 && text.indexOf("]", mark) >= end) end = mark;
  if (/[\ud800-\udbff]/.test(text.charAt(end - 1))) end -= 1;
  return `${text.slice(0, end)}…`;
}
