/** The log of one request: JSON lines on the console, within the size that an invocation may write. */

import { formatLine, isPrintableAscii, type LineSource, type LogEntry, type Step } from "./log_line.ts";

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
  return (step, entry) => {
    if (step === "answer") writeAnswer(source, entry, budget);
    else writeOrDrop(source, step, entry, budget);
  };
}

function writeAnswer(source: LineSource, entry: LogEntry, budget: LogBudget): void {
  const { droppedLines } = budget;
  const answer = droppedLines > 0 ? { ...entry, metadata: { dropped: droppedLines } } : entry;
  const isWritten = tryWrite(MAX_BYTES_ANSWER, source, "answer", answer, budget);
  const { error: _, ...withoutError } = answer;
  if (!isWritten) tryWrite(MAX_BYTES_ANSWER, source, "answer", withoutError, budget);
}

function writeOrDrop(source: LineSource, step: Step, entry: LogEntry, budget: LogBudget): void {
  const maxBytes = entry.level === "error" ? MAX_BYTES_ERROR : MAX_BYTES;
  if (tryWrite(maxBytes, source, step, entry, budget)) return;
  budget.droppedLines += 1;
  if (budget.droppedLines > 1) return;
  tryWrite(MAX_BYTES_ERROR, source, "telemetry", { level: "warn", message: OUT_OF_ROOM }, budget);
}

/** Writes a line if there is room for it, and returns whether there was. */
function tryWrite(maxBytes: number, source: LineSource, step: Step, entry: LogEntry, budget: LogBudget): boolean {
  const line = formatLine(source, step, entry);
  const lineBytes = isPrintableAscii(line) ? line.length : new TextEncoder().encode(line).length;
  const bytes = budget.bytes + lineBytes + 1;
  if (bytes > maxBytes) return false;
  budget.bytes = bytes;
  writeToConsole(entry.level, line);
  return true;
}

function writeToConsole(level: LogEntry["level"], line: string): void {
  try {
    console[level === "info" ? "log" : level](line);
  } catch {
    // a console that throws leaves no way to report it, and must not fail the request
  }
}
