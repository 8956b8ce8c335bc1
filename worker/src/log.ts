/** The log of one request: JSON lines to the console, within what an invocation may write. */

import { type Entry, isPlain, lineOf, type Step, type Whose } from "./record.ts";

/** What an invocation has written, in bytes, and how many lines it left out. */
export interface Budget {
  written: number;
  left: number;
}

/** Writes a line of a step of the contract. It never throws. */
export type WriteLine = (step: Step, entry: Entry) => void;

/**
 * Up to how many bytes lines may go, for Cloudflare keeps 256 KB of an invocation and loses the rest without a word: room
 * is kept for errors, and beyond them for the answer.
 */
const [ORDINARY, ERRORS, ANSWER] = [208_000, 240_000, 256_000] as const;
const OUT_OF_ROOM = "no room for more lines";

export const makeBudget = (): Budget => ({ written: 0, left: 0 });

/** The log of one request. Requests that one invocation serves share its budget. */
export function lineWriter(whose: Whose, budget = makeBudget()): WriteLine {
  return (step, entry) => {
    if (step === "answer") {
      const answer = budget.left ? { ...entry, metadata: { dropped: budget.left } } : entry;
      return void (put(ANSWER, whose, step, answer, budget) || put(ANSWER, whose, step, { ...answer, error: undefined }, budget));
    }
    if (put(entry.level === "error" ? ERRORS : ORDINARY, whose, step, entry, budget) || budget.left++) return;
    put(ERRORS, whose, "telemetry", { level: "warn", message: OUT_OF_ROOM }, budget);
  };
}

/** Writes a line if there is room for it, and says whether there was. */
function put(room: number, whose: Whose, step: Step, entry: Entry, budget: Budget): boolean {
  const line = lineOf(whose, step, entry);
  const written = budget.written + 1 + (isPlain(line) ? line : new TextEncoder().encode(line)).length;
  if (written > room) return false;
  budget.written = written;
  try {
    console[entry.level === "info" ? "log" : entry.level](line);
  } catch {} // where even the console fails, there is nobody to tell
  return true;
}
