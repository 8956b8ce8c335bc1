/** The texts that a request sent to models and got from them. No line has them, unless raw texts are logged. */

import { redactionMark } from "./redaction.ts";

/** What was sent and received may be read only when a line is written: a stream goes on. */
type Source = () => readonly string[];

const MIN_LENGTH = 8;
/** Pieces of this many characters are removed; one has at least 15 beside white space, so that it contains a whole gram. */
const MIN_PIECE = 24;
const MIN_CHARACTERS = 15;
const GRAM = 8;
const MAX_TEXTS = 1000;
const MAX_CHARACTERS = 262_144;
const MAX_PLACES = 16;
/** Fields of a request to a model whose values are the platform's own words. */
const OWN_WORDS = new Set(["role", "type", "model", "tool_choice", "finish_reason", "object"]);
/** An escaped character, an escape, and white space: texts are compared without them. */
const ESCAPES = /\\+u([0-9a-f]{4})|\\+[nrtbf]?|\s+/gi;

/** A text to compare, and the original's position of each of its characters. */
interface Compared {
  readonly text: string;
  readonly places: readonly number[];
}

/** Returns the texts of 8 characters or more within a value. */
export function textsIn(value: unknown, texts: string[] = [], depth = 0): string[] {
  if (texts.length >= MAX_TEXTS || depth > 16) return texts;
  if (typeof value === "string" && value.length >= MIN_LENGTH) texts.push(value);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || value instanceof ReadableStream) return texts;
  if (Array.isArray(value) && typeof value[0] === "number") return texts;
  for (const [name, part] of Object.entries(value)) if (!OWN_WORDS.has(name)) textsIn(part, texts, depth + 1);
  return texts;
}

/** The texts of a request's calls to models. */
export class ModelTexts {
  readonly #sources: Source[] = [];
  #length = -1;
  #texts: string[] = [];
  #grams = new Map<string, [text: string, position: number][]>();

  add(source: Source): void {
    this.#sources.push(source);
  }

  /** Returns a text without those texts, and without longer pieces of them: also escaped, cut or with other white space. */
  remove(text: string): string {
    if (this.#sources.length === 0 || text.length < MIN_LENGTH) return text;
    this.#index();
    const compared = comparable(text);
    const spans = this.#pieces(compared).concat(this.#shortTexts(compared));
    let kept = "";
    let end = 0;
    for (const [first, last] of spans.sort((a, b) => a[0] - b[0])) {
      const start = compared.places[first]!;
      const stop = compared.places[last - 1]! + 1;
      if (start >= end) kept += text.slice(end, start) + redactionMark("prompt");
      end = Math.max(end, stop);
    }
    return kept + text.slice(end);
  }

  /** Indexes the texts again if there are new ones. */
  #index(): void {
    const raw = this.#sources.flatMap((source) => source());
    const length = raw.reduce((sum, text) => sum + text.length, 0);
    if (length === this.#length) return;
    this.#length = length;
    this.#texts = [];
    this.#grams = new Map();
    let left = MAX_CHARACTERS;
    for (const each of raw) {
      const { text } = comparable(each.slice(0, left));
      left -= text.length;
      if (each.length < MIN_LENGTH || !text) continue;
      if (text.length < 2 * GRAM) this.#texts.push(text);
      for (let position = 0; position + GRAM <= text.length; position += GRAM) {
        const gram = text.slice(position, position + GRAM);
        const places = this.#grams.get(gram) ?? [];
        if (places.length < MAX_PLACES) this.#grams.set(gram, [...places, [text, position]]);
      }
    }
  }

  /** Returns where pieces of the texts are. */
  #pieces({ text, places }: Compared): [number, number][] {
    const spans: [number, number][] = [];
    for (let position = 0; position + GRAM <= text.length; position++) {
      let longest: [number, number] = [0, 0];
      for (const [other, start] of this.#grams.get(text.slice(position, position + GRAM)) ?? []) {
        const [before, after] = extended(text, position, other, start);
        const length = before + after;
        const isPiece = length >= MIN_CHARACTERS || length === other.length || places[position + after - 1]! - places[position - before]! >= MIN_PIECE - 1;
        if (isPiece && length > longest[1] - longest[0]) longest = [position - before, position + after];
      }
      if (longest[1] > position) {
        spans.push(longest);
        position = longest[1] - 1;
      }
    }
    return spans;
  }

  /** Returns where short texts are as a whole. */
  #shortTexts({ text }: Compared): [number, number][] {
    const spans: [number, number][] = [];
    for (const short of this.#texts) {
      for (let start = text.indexOf(short); start >= 0; start = text.indexOf(short, start + short.length)) spans.push([start, start + short.length]);
    }
    return spans;
  }
}

/** Returns how many characters are the same before two positions, and from them on. */
function extended(text: string, position: number, other: string, start: number): [before: number, after: number] {
  let before = 0;
  let after = GRAM;
  while (before < start && before < position && text[position - before - 1] === other[start - before - 1]) before += 1;
  while (position + after < text.length && start + after < other.length && text[position + after] === other[start + after]) after += 1;
  return [before, after];
}

/** Returns a text without escapes and white space. */
function comparable(original: string): Compared {
  const places: number[] = [];
  let text = "";
  let end = 0;
  const copy = (until: number): void => {
    text += original.slice(end, until);
    for (let place = end; place < until; place++) places.push(place);
  };
  for (const match of original.matchAll(ESCAPES)) {
    copy(match.index);
    end = match.index + match[0].length;
    if (!match[1]) continue;
    const character = String.fromCharCode(parseInt(match[1], 16));
    if (!/\s/.test(character)) {
      text += character;
      places.push(end - 1);
    }
  }
  copy(original.length);
  return { text, places };
}
