/** Texts that may be logged: redacted first, then cut to their longest. */

import { type Kinds, redactText } from "./redaction.ts";

/** So many characters before a cut may be a part of something that, whole, would have been found. */
const HALF_SEEN = 600;
/** All until the end of the last mark. */
const LAST_MARK = /.*\[redacted:\w+\]|/s;
const REMEMBERED_LENGTH = 128;
const REMEMBERED = 1000;
/** Short texts in which nothing was found: what programs say, they say again and again. */
const clean: Record<Kinds, Set<string>> = { all: new Set(), credential: new Set() };

/**
 * A text of at most `longest` UTF-16 units, redacted; what was cut ends in `…`. No mark of the redaction and no
 * surrogate pair is cut in half, no surrogate stands alone. The work is bounded by `longest`.
 */
export function safeText(text: string, longest: number, kinds: Kinds = "all"): string {
  const known = clean[kinds];
  if (known.has(text) && text.length <= longest) return text;
  const far = 2 * longest + HALF_SEEN;
  const redacted = redactText(text.slice(0, far), kinds).toWellFormed();
  if (redacted === text && text.length <= REMEMBERED_LENGTH) {
    if (known.size >= REMEMBERED) known.clear();
    known.add(text);
  }
  if (text.length <= far) return cut(redacted, longest);
  const whole = Math.max(redacted.length - HALF_SEEN, LAST_MARK.exec(redacted)![0].length + 1);
  return cut(`${redacted}…`, Math.min(longest, whole));
}

function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1).replace(/\[[\w:]{0,42}$|[\ud800-\udbff]$/, "")}…` : text;
}
