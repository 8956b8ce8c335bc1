/** Redaction by the contract's rules. It takes linear time for any text. */

import { REDACTION } from "workers-ai-observability/contract";

interface Rule {
  /** Matches what is redacted, unless its checksum is wrong. */
  readonly pattern: RegExp;
  /** A text without any of them has no match. */
  readonly literals?: readonly string[];
  /** The checksum that a match must have. */
  readonly checksum?: keyof typeof CHECKSUMS;
}

const CHECKSUMS = { luhn: hasLuhnChecksum, iban: hasIbanChecksum };
const credential: readonly [string, Rule][] = Object.entries(REDACTION.credential);
const RULES = { credential, all: credential.concat(Object.entries(REDACTION.personal)) };

/** Which rules apply: all, or those for credentials, which apply to every string. */
export type RuleSet = keyof typeof RULES;

/** Returns what replaces a redacted text. */
export function redactionMark(ruleName: string): string {
  return `[redacted:${ruleName}]`;
}

/** Replaces every match of the rules by the mark of its rule. */
export function redactText(text: string, rules: RuleSet = "all"): string {
  let redacted = text;
  for (const [name, { pattern, literals, checksum }] of RULES[rules]) {
    if (literals && !literals.some((literal) => redacted.includes(literal))) continue;
    const mark = redactionMark(name);
    redacted = checksum ? replaceChecked(redacted, pattern, CHECKSUMS[checksum], mark) : redacted.replace(pattern, mark);
  }
  return redacted;
}

/** Returns whether the name of a header or a field means that its value is a secret and is never logged. */
export function isSecretName(name: string): boolean {
  return REDACTION.secretNames.test(name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase());
}

/**
 * Replaces the matches that have a valid checksum. A match may contain a second number before or after the one with the
 * checksum: so its last groups are cut off until the checksum is valid. If it never is, the search continues at the next character.
 */
function replaceChecked(text: string, pattern: RegExp, hasChecksum: (digits: string) => boolean, mark: string): string {
  let redacted = "";
  let end = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const { index } = match;
    const valid = validPrefix(match[0], hasChecksum);
    redacted += text.slice(end, index) + (valid ? mark : text[index]);
    end = index + (valid.length || 1);
    pattern.lastIndex = end;
  }
  return redacted + text.slice(end);
}

/** Returns the longest run of the match's first groups with a valid checksum; empty if there is none. */
function validPrefix(match: string, hasChecksum: (digits: string) => boolean): string {
  let prefix = match;
  while (prefix && !hasChecksum(prefix)) {
    prefix = prefix.slice(0, Math.max(prefix.lastIndexOf(" "), prefix.lastIndexOf("-"), 0));
  }
  return prefix;
}

/** Returns whether a text has more than 12 digits, of which the last is the check digit of a card number (ISO/IEC 7812-1). */
function hasLuhnChecksum(text: string): boolean {
  let sum = 0;
  let digits = 0;
  for (let index = text.length - 1; index >= 0; index--) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0) continue; // a space or a dash between groups
    const isDoubled = digits % 2 === 1;
    sum += isDoubled && digit < 9 ? (digit * 2) % 9 : digit;
    digits += 1;
  }
  return digits > 12 && sum % 10 === 0;
}

/** Returns whether a text has more than 11 characters, of which the third and fourth are the check digits of an IBAN (ISO 13616). */
function hasIbanChecksum(text: string): boolean {
  const iban = text.replaceAll(" ", "");
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const code = character.charCodeAt(0);
    const isDigit = code < 58;
    remainder = (isDigit ? remainder * 10 + code - 48 : remainder * 100 + code - 55) % 97;
  }
  return iban.length > 11 && remainder === 1;
}
