/** The texts that a request sent to models and got from them. No line has them, unless raw texts are logged. */

import { tryRead } from "./log_text.ts";
import { redactionMark } from "./redaction.ts";

/** What was sent and received may be read only when a line is written: a stream goes on. */
type Source = () => readonly string[];

const MIN_LENGTH = 8;
/** Pieces of 24 characters are removed; one has at least 15 beside white space, so that it contains a whole gram. */
const MIN_CHARACTERS = 15;
const GRAM = 8;
const MAX_CHARACTERS = 300_000;
const MAX_PLACES = 16;
/** An escaped character; an escape or white space, without which texts are compared; or other text. */
const PARTS = /\\+u([0-9a-f]{4})|\\+[nrtbf]?|\s+|[^\\\s]+/gi;

/** A text to compare, and the original's position of each of its characters. */
interface Compared {
  readonly text: string;
  readonly places: readonly number[];
}

/** What a model is sent and returns beside texts. */
const NOT_TEXTS = ["role", "model"];

/** Returns the texts within a value, without the names of roles and models, up to where it contains itself. */
export function textsIn(value: unknown): string[] {
  const texts: string[] = [];
  tryRead(() =>
    JSON.stringify(value, (name, part: unknown) => {
      if (typeof part === "string" && !NOT_TEXTS.includes(name)) texts.push(part);
      return ArrayBuffer.isView(part) || (Array.isArray(part) && typeof part[0] === "number") ? 0 : part;
    }),
  );
  return texts;
}

/** The texts of a request's calls to models. */
export class ModelTexts {
  readonly #sources: Source[] = [];
  #length = -1;
  /** Texts that are too short for pieces. */
  #shortTexts: string[] = [];
  #grams: Map<string, [text: string, position: number][]> | undefined;

  add(source: Source): void {
    this.#sources.push(source);
  }

  get isEmpty(): boolean {
    return this.#sources.length === 0;
  }

  /** Returns a text without those texts, and without longer pieces of them: also escaped, cut or with other white space. */
  remove(text: string): string {
    this.#index();
    const { text: compared, places } = comparable(text);
    let kept = "";
    let end = 0;
    for (let position = 0; position < places.length; position++) {
      const [first, last] = this.#pieceAt(position, compared);
      if (last === position) continue;
      const start = places[first]!;
      if (start >= end) kept += text.slice(end, start) + redactionMark("prompt");
      end = places[last - 1]! + 1;
      position = last - 1;
    }
    return kept + text.slice(end);
  }

  /** Indexes the texts again if there are new ones. */
  #index(): void {
    const texts = this.#sources.flatMap((source) => source()).filter(({ length }) => length >= MIN_LENGTH);
    const length = texts.join("").length;
    if (length === this.#length) return;
    this.#length = length;
    this.#shortTexts = [];
    const grams = (this.#grams = new Map<string, [text: string, position: number][]>());
    let left = MAX_CHARACTERS;
    for (const each of texts) {
      const { text } = comparable(each.slice(0, left));
      left -= text.length;
      if (text && text.length < 2 * GRAM) this.#shortTexts.push(text);
      for (let position = 0; position + GRAM <= text.length; position += GRAM) {
        const gram = text.slice(position, position + GRAM);
        const found = grams.get(gram);
        if (!found) grams.set(gram, [[text, position]]);
        else if (found.length < MAX_PLACES) found.push([text, position]);
      }
    }
  }

  /** Returns from where to where the longest piece reaches that has a gram, or is a short text, at a position; nowhere if none does. */
  #pieceAt(position: number, text: string): [first: number, last: number] {
    let [first, last] = [position, position];
    for (const [other, start] of this.#grams?.get(text.slice(position, position + GRAM)) ?? []) {
      let [before, after] = [0, GRAM];
      while (before < Math.min(start, position) && text[position - before - 1] === other[start - before - 1]) before += 1;
      while (position + after < text.length && text[position + after] === other[start + after]) after += 1;
      const length = before + after;
      const isPiece = length >= MIN_CHARACTERS || length === other.length;
      if (isPiece && length > last - first) [first, last] = [position - before, position + after];
    }
    if (last === position) last += this.#shortTexts.find((short) => text.startsWith(short, position))?.length ?? 0;
    return [first, last];
  }
}

/** Returns a text without escapes and white space. */
function comparable(original: string): Compared {
  const places: number[] = [];
  let text = "";
  for (const { 0: part, 1: code, index } of original.matchAll(PARTS)) {
    const kept = code ? String.fromCharCode(parseInt(code, 16)) : /^[\\\s]/.test(part) ? "" : part;
    for (let place = 0; place < kept.length; place++) places.push(index + (code ? part.length - 1 : place));
    text += kept;
  }
  return { text, places };
}
