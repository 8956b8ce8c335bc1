/** What the policy finds in a text, taken out of it. Time grows with the text's length alone, whatever the text. */

import { REDACTION } from "../../out/contract/contract.gen.ts";

type Rule = Omit<(typeof REDACTION.rules)[number], "needs"> & { readonly needs: readonly string[] };

const RULES = { all: REDACTION.rules, credential: REDACTION.rules.filter((rule) => rule.kind === "credential") };
const PROOFS = { none: () => true, luhn, iban: remainderOf97 };

/** Which rules run: all of them, or those for what opens a door, which are run on every string. */
export type Kinds = keyof typeof RULES;

/** What stands in the place of something that was taken out. */
export function mark(name: string): string {
  return `[redacted:${name}]`;
}

/** A text without what the policy's rules find in it, each replaced by its rule's name. */
export function redactText(text: string, kinds: Kinds = "all"): string {
  let rest = text;
  for (const rule of RULES[kinds] as readonly Rule[]) {
    if (rule.needs.length > 0 && !rule.needs.some((need) => rest.includes(need))) continue;
    rest = rule.proof === "none" ? rest.replace(rule.pattern, mark(rule.name)) : replaceProved(rule, rest);
  }
  return rest;
}

/** Whether a value under this name is never written: the header's or field's name speaks of a secret. */
export function namesSecret(name: string): boolean {
  const parted = name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();
  return REDACTION.names.test(parted) || (REDACTION.headers as readonly string[]).includes(parted);
}

function replaceProved(rule: Rule, text: string): string {
  let [done, from] = ["", 0];
  rule.pattern.lastIndex = 0;
  for (let match = rule.pattern.exec(text); match; match = rule.pattern.exec(text)) {
    const found = proved(rule, match[0]);
    const after = match.index + (found || firstGroup(match[0])).length;
    if (found) {
      done += text.slice(from, match.index) + mark(rule.name);
      from = after;
    }
    rule.pattern.lastIndex = after;
  }
  return done + text.slice(from);
}

/** What passes the proof: all of it, or else that without its last groups; another number may follow the one sought. */
function proved(rule: Rule, found: string): string {
  let rest = found;
  while (rest && !(PROOFS[rule.proof](rest) && matchesWhole(rule.pattern, rest))) {
    rest = rest.slice(0, Math.max(rest.lastIndexOf(" "), rest.lastIndexOf("-"), 0));
  }
  return rest;
}

/** Where nothing passes, another number may have gone before: the search goes on after that one. */
function firstGroup(found: string): string {
  return found.split(/[ -]/, 1)[0] as string;
}

function matchesWhole(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0;
  return pattern.exec(text)?.[0] === text;
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
