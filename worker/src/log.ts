/** The log of one request: JSON lines on the console, within the size that an invocation may write. */

import { formatLine, type LineSource, type LogEntry, type Step } from "./log_line.ts";

/** How much an invocation has written. */
export interface LogBudget {
  bytes: number;
  droppedLines: number;
}

/** Writes a line of a step of the contract. It never throws. */
export type WriteLine = (step: Step, entry: LogEntry) => void;

/**
 * Up to how many bytes lines of a kind are written. Cloudflare keeps 256 KB of an invocation and drops the rest silently, so
 * room is reserved for errors, and beyond them for the answer's line.
 */
const MAX_BYTES = 208_000;
const MAX_BYTES_ERROR = 240_000;
const MAX_BYTES_ANSWER = 256_000;
const OUT_OF_ROOM = "the log is full; further lines are dropped";

export const createLogBudget = (): LogBudget => ({ bytes: 0, droppedLines: 0 });

/** Returns the log of one request. The requests of one invocation share a budget. */
export function createLineWriter(source: LineSource, budget = createLogBudget()): WriteLine {
  /** Writes a line if there is room for it, and returns whether there was. */
  function tryWrite(maxBytes: number, step: Step, entry: LogEntry): boolean {
    const line = formatLine(source, step, entry);
    const bytes = budget.bytes + line.bytes + 1;
    if (bytes > maxBytes) return false;
    budget.bytes = bytes;
    console[entry.level === "info" ? "log" : entry.level](line.text);
    return true;
  }
  function write(step: Step, entry: LogEntry): void {
    if (step === "answer") {
      const { droppedLines } = budget;
      const answer = droppedLines > 0 ? { ...entry, metadata: { dropped: droppedLines } } : entry;
      const { error: _, ...withoutError } = answer;
      if (!tryWrite(MAX_BYTES_ANSWER, step, answer)) tryWrite(MAX_BYTES_ANSWER, step, withoutError);
    } else if (!tryWrite(entry.level === "error" ? MAX_BYTES_ERROR : MAX_BYTES, step, entry)) {
      budget.droppedLines += 1;
      if (budget.droppedLines === 1) tryWrite(MAX_BYTES_ERROR, "telemetry", { level: "warn", message: OUT_OF_ROOM });
    }
  }
  return (step, entry) => {
    try {
      write(step, entry);
    } catch {
      // a line that cannot be written leaves no way to report it, and must not fail the request
    }
  };
}
