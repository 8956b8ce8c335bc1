/** Redaction by the contract's rules. It takes linear time for any text. */

import { REDACTION } from "workers-ai-observability/contract";

interface Rule {
  /** Matches what is redacted, unless its checksum is wrong. What its first group matches stays. */
  readonly pattern: RegExp;
  /** A text without a match of it has none of the pattern. */
  readonly requires?: RegExp;
  /** The checksum that a match must have. */
  readonly checksum?: keyof typeof CHECKSUMS;
}

/** From where to where a rule matches, and its name. */
type Span = [start: number, end: number, ruleName: string];

const CHECKSUMS = { luhn: hasLuhnChecksum, iban: hasIbanChecksum };
const credential: readonly [string, Rule][] = Object.entries(REDACTION.credential);
const RULES = { credential, all: credential.concat(Object.entries(REDACTION.personal)) };
const { suspicious, wide, dashes, spaces, escapes } = REDACTION.normalization;
const WIDE_DISTANCE = 0xfee0;
/** The shortest number with a checksum. */
const MIN_NUMBER = 12;
const MARKS = /\[redacted:\w+\]/g;

/** Which rules apply: all, or those for credentials, which apply to every string. */
export type RuleSet = keyof typeof RULES;

/** Returns what replaces a redacted text. */
export function redactionMark(ruleName: string): string {
  return `[redacted:${ruleName}]`;
}

/** Replaces every match of the rules, in the text or in its normalized copy, by the mark of its rule. */
export function redactText(text: string, rules: RuleSet = "all"): string {
  let spans = search(text, rules);
  if (suspicious.test(text)) spans = merge([...spans, ...searchCopy(text, rules)]);
  return replaceSpans(text, spans, redactionMark);
}

/** Returns whether the name of a header or a field means that its value is a secret and is never logged. */
export function isSecretName(name: string): boolean {
  return REDACTION.secretNames.test(words(name));
}

/** Returns whether a value under a secret's name is secret: texts are, and under some names numbers. */
export function isSecretValue(name: string, value: unknown): boolean {
  const isNumber = typeof value === "number" || typeof value === "bigint";
  return isNumber ? REDACTION.numericNames.test(words(name)) : typeof value === "string" && value !== "";
}

function words(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();
}

/** Returns what the rules match. What a rule matched is filled for the rules after it, so that positions stay. */
function search(text: string, rules: RuleSet): Span[] {
  let searched = text.replace(MARKS, fill);
  const spans: Span[] = [];
  for (const [name, rule] of RULES[rules]) {
    const { pattern, requires } = rule;
    if (requires && !requires.test(searched)) continue;
    const matches: Span[] = [];
    for (let match = pattern.exec(searched); match; match = pattern.exec(searched)) {
      const [start, end] = limits(match, rule);
      if (start < end) matches.push([start, end, name]);
      pattern.lastIndex = Math.max(end, match.index + 1);
    }
    if (matches.length === 0) continue;
    searched = replaceSpans(searched, matches, (_, start, end) => "\0".repeat(end - start));
    spans.push(...matches);
  }
  return merge(spans);
}

function fill(text: string): string {
  return "\0".repeat(text.length);
}

/** Returns from where to where a match is secret: without its first group and quotes, and as long as its checksum is valid. */
function limits({ 0: whole, 1: before, index }: RegExpExecArray, { pattern, checksum }: Rule): [start: number, end: number] {
  const end = index + whole.length;
  if (checksum) return [index, index + validPrefix(whole, pattern, CHECKSUMS[checksum]).length];
  if (before === undefined) return [index, end];
  const value = whole.slice(before.length);
  const quote = /^\\*["'`]|/.exec(value)![0].length;
  const isClosed = value.slice(quote).endsWith(value.slice(0, quote));
  return [end - value.length + quote, isClosed ? end - quote : end];
}

/** Returns the spans in their order; of those that overlap, the first, or the longer of two, has the name. */
function merge(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.sort((a, b) => a[0] - b[0] || b[1] - a[1])) {
    const last = merged.at(-1);
    if (last && span[0] < last[1]) last[1] = Math.max(last[1], span[1]);
    else merged.push([...span]);
  }
  return merged;
}

function replaceSpans(text: string, spans: readonly Span[], replacement: (name: string, start: number, end: number) => string): string {
  let replaced = "";
  let position = 0;
  for (const [start, end, name] of spans) {
    replaced += text.slice(position, start) + replacement(name, start, end);
    position = end;
  }
  return replaced + text.slice(position);
}

/** Searches a copy of the text without characters that hide secrets. Returns the spans of the original. */
function searchCopy(text: string, rules: RuleSet): Span[] {
  /** From which positions of the copy on those of the original are how much larger. */
  const jumps: [position: number, shift: number][] = [];
  let shift = 0;
  const copy = text
    .replace(wide, (character) => String.fromCharCode(character.charCodeAt(0) - WIDE_DISTANCE))
    .replace(dashes, "-")
    .replace(spaces, " ")
    .replace(escapes, (escape: string, code: string | undefined, index: number) => {
      const kept = code ? String.fromCharCode(parseInt(code, 16)) : "";
      const position = index - shift + kept.length;
      shift += escape.length - kept.length;
      jumps.push([position, shift]);
      return kept;
    });
  if (copy === text) return [];
  let passed = 0;
  function original(position: number): number {
    while (passed < jumps.length && jumps[passed]![0] <= position) passed += 1;
    return position + (jumps[passed - 1]?.[1] ?? 0);
  }
  return search(copy, rules).map(([start, end, name]) => [original(start), original(end), name]);
}

/** Returns the longest run of a match's first groups that the pattern matches and that has a valid checksum; empty if there is none. */
function validPrefix(match: string, { source, flags }: RegExp, hasChecksum: (digits: string) => boolean): string {
  let prefix = match;
  while (prefix.length >= MIN_NUMBER && !(hasChecksum(prefix) && new RegExp(`^(?:${source})$`, flags.replace("g", "")).test(prefix))) {
    prefix = prefix.slice(0, Math.max(prefix.lastIndexOf(" "), prefix.lastIndexOf("-"), 0));
  }
  return prefix.length < MIN_NUMBER ? "" : prefix;
}

/** Returns whether the last of a text's digits is the check digit of a card number (ISO/IEC 7812-1). */
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
  return sum % 10 === 0;
}

/** Returns whether the third and fourth of a text's characters are the check digits of an IBAN (ISO 13616). */
function hasIbanChecksum(text: string): boolean {
  const iban = text.replace(/[ -]/g, "");
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
