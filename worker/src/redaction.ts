/** What the policy finds in a text, taken out of it. Time grows with the text's length alone, whatever the text. */

import { REDACTION } from "../../out/contract/contract.gen.ts";

interface Rule {
  readonly pattern: RegExp;
  /** The arithmetic that what was found must pass; none where it is absent. */
  readonly proof?: keyof typeof PROOFS;
  /** One of these is in every text that holds a match, in lower case if case is ignored; anything may be where it is absent. */
  readonly needs?: readonly string[];
}

const PROOFS = { luhn, iban: remainderOf97 };
const credential: readonly [string, Rule][] = Object.entries(REDACTION.credential);
const RULES = { credential, all: credential.concat(Object.entries(REDACTION.personal)) };

/** Which rules run: all of them, or those for what opens a door, which are run on every string. */
export type Kinds = keyof typeof RULES;

/** What stands in the place of something that was taken out. */
export function mark(name: string): string {
  return `[redacted:${name}]`;
}

/** A text without what the policy's rules find in it, each replaced by its rule's name. */
export function redactText(text: string, kinds: Kinds = "all"): string {
  let rest = text;
  const lower = text.toLowerCase();
  for (const [name, { pattern, proof, needs }] of RULES[kinds]) {
    if (needs?.some((need) => (pattern.ignoreCase ? lower : rest).includes(need)) === false) continue;
    rest = proof ? replaceProved(pattern, PROOFS[proof], mark(name), rest) : rest.replace(pattern, mark(name));
  }
  return rest;
}

/** Whether a value under this name is never written: the header's or field's name speaks of a secret. */
export function namesSecret(name: string): boolean {
  return REDACTION.names.test(name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase());
}

function replaceProved(pattern: RegExp, proof: (found: string) => boolean, instead: string, text: string): string {
  let [done, from] = ["", 0];
  for (let match = searched(pattern, text, 0); match; match = searched(pattern, text, match.index)) {
    const found = proved(pattern, proof, match[0]);
    const begun = match.index;
    match.index += (found || match[0].split(/[ -]/, 1)[0]!).length; // where nothing passes, another number may have gone before
    if (!found) continue;
    done += text.slice(from, begun) + instead;
    from = match.index;
  }
  return done + text.slice(from);
}

function searched(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(text);
}

/** What passes the proof: all of it, or else that without its last groups; another number may follow the one sought. */
function proved(pattern: RegExp, proof: (found: string) => boolean, found: string): string {
  let rest = found;
  while (rest && !(proof(rest) && searched(pattern, rest, 0)?.[0] === rest)) {
    rest = rest.slice(0, Math.max(rest.lastIndexOf(" "), rest.lastIndexOf("-"), 0));
  }
  return rest;
}

/** Whether the digits end in their check digit (ISO/IEC 7812-1). */
function luhn(text: string): boolean {
  let [sum, place] = [0, 0];
  for (let at = text.length - 1; at >= 0; at--) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) continue;
    sum += place++ % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0);
  }
  return sum % 10 === 0;
}

/** Whether the third and fourth sign are the right check digits (ISO 13616). */
function remainderOf97(text: string): boolean {
  const signs = text.replaceAll(" ", "");
  let remainder = 0;
  for (let at = 4; at < signs.length + 4; at++) {
    const code = signs.charCodeAt(at % signs.length);
    remainder = code < 58 ? remainder * 10 + code - 48 : remainder * 100 + code - 55;
    remainder %= 97;
  }
  return remainder === 1;
}
