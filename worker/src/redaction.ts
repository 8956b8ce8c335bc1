/** What the policy finds in a text, taken out of it. Time grows with the text's length alone, whatever the text. */

import { REDACTION } from "../../out/contract/contract.gen.ts";

interface Rule {
  /** Finds all of it; where there is a proof, it looks ahead from each place at what may begin there. */
  readonly pattern: RegExp;
  /** The arithmetic that what was found must pass; none where it is absent. */
  readonly proof?: keyof typeof PROOFS;
}

const PROOFS = { luhn, iban };
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
  for (const [name, { pattern, proof }] of RULES[kinds]) {
    rest = proof ? withoutProved(rest, pattern, PROOFS[proof], mark(name)) : rest.replace(pattern, mark(name));
  }
  return rest;
}

/** Whether a value under this name is never written: the header's or field's name speaks of a secret. */
export function namesSecret(name: string): boolean {
  return REDACTION.names.test(name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase());
}

/** Another number may go before the one sought, or follow it: what fails is tried without its last groups, then a place further. */
function withoutProved(text: string, pattern: RegExp, proof: (found: string) => boolean, instead: string): string {
  let [done, from] = ["", 0];
  for (let match; (match = pattern.exec(text)); ) {
    const { index } = match;
    let [found] = match;
    while (found && !proof(found)) found = /.*(?=[ -])|/.exec(found)![0];
    done += text.slice(from, index) + (found ? instead : text[index]);
    pattern.lastIndex = from = index + (found.length || 1);
  }
  return done + text.slice(from);
}

/** Whether the digits are a card's: more than 12 that end in their check digit (ISO/IEC 7812-1). */
function luhn(text: string): boolean {
  let [sum, place] = [0, 0];
  for (let at = text.length; at--; ) {
    const digit = text.charCodeAt(at) - 48;
    if (digit >= 0) sum += place++ % 2 ? (digit * 2) % 9 || digit : digit;
  }
  return place > 12 && sum % 10 === 0;
}

/** Whether the signs are an account's: more than 11, the third and fourth of them the right check digits (ISO 13616). */
function iban(text: string): boolean {
  const signs = text.replaceAll(" ", "");
  let rest = 0;
  for (let at = 4; at < signs.length + 4; at++) {
    const code = signs.charCodeAt(at % signs.length);
    rest = (code < 58 ? rest * 10 + code - 48 : rest * 100 + code - 55) % 97;
  }
  return signs.length > 11 && rest === 1;
}
