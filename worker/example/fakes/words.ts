/** Words, and vectors made of them: texts that share words are near one another. */

import { createHash } from "node:crypto";

/** How many numbers a vector of bge-base has. */
export const WIDTH = 768;

export function words(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** A vector of length 1 (of 0 for a text without words), each word counted at a place that its hash says. */
export function embedding(text: string): readonly number[] {
  const vector = new Array<number>(WIDTH).fill(0);
  for (const word of words(text)) {
    const place = createHash("sha256").update(word).digest().readUInt32BE(0) % WIDTH;
    vector[place] = (vector[place] ?? 0) + 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => Math.round((value / length) * 1e4) / 1e4);
}

/** The cosine of two vectors of length 1. */
export function likeness(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, place) => sum + value * (other[place] ?? 0), 0);
}
