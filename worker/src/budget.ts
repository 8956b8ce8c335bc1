/** What an invocation may log: Cloudflare keeps 256 KB of it, and loses the rest without a word. */

/** Bytes that an invocation has written, and lines that it left out. */
export interface Budget {
  written: number;
  left: number;
}

/** Up to how many bytes each sort of line may go: room is kept for errors, and beyond them for the answer. */
const ROOM = { ordinary: 208_000, error: 240_000, answer: 256_000 };

export type Room = keyof typeof ROOM;

const ASCII = /^[\0-\x7f]*$/; // to encode a line costs 5 µs, which most lines need not

/** An empty budget, for one invocation. */
export function makeBudget(): Budget {
  return { written: 0, left: 0 };
}

/** Takes a line's bytes out of the budget, if it has room for them. */
export function take(budget: Budget, line: string, room: Room): boolean {
  const bytes = (ASCII.test(line) ? line.length : new TextEncoder().encode(line).length) + 1;
  const fits = budget.written + bytes <= ROOM[room];
  if (fits) budget.written += bytes;
  return fits;
}
