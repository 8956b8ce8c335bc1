/** A deterministic embedding: texts that share words have similar vectors. */

import { createHash } from "node:crypto";

/** The dimensions of a bge-base vector. */
export const DIMENSIONS = 768;

/** Returns the words of a text in lower case. */
export function words(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Returns a vector of length 1 (0 for a text without words) that counts each word at the index given by its hash. */
export function embedding(text: string): readonly number[] {
  const vector = new Array<number>(DIMENSIONS).fill(0);
  for (const word of words(text)) {
    const index = createHash("sha256").update(word).digest().readUInt32BE(0) % DIMENSIONS;
    vector[index] = (vector[index] ?? 0) + 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => Math.round((value / length) * 1e4) / 1e4);
}

/** Returns the cosine similarity of two vectors of length 1. */
export function cosineSimilarity(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
