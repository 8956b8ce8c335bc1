/** The log of one request: JSON lines to the console, within what an invocation may write. */

import type { Metadata } from "../../out/contract/contract.gen.ts";
import { type Budget, makeBudget, type Room, take } from "./budget.ts";
import { type Entry, keysOf, lineOf, type Whose } from "./record.ts";
import { safeText } from "./text.ts";

/** Raw prompts and answers are logged until this time, at most a day ahead. */
export interface Debug {
  readonly until: Date;
}

/** What a log is made of; the origin is taken as it is. Invocations that serve several requests share a budget. */
export interface LogSettings {
  readonly service: Whose["service"];
  readonly tenantId: string;
  readonly requestId: string;
  readonly route: Whose["route"];
  /** Metadata of each line. */
  readonly marks?: Metadata | undefined;
  /** From `keysOf`. */
  readonly keys?: ReadonlySet<string> | undefined;
  /** Until when debugging is asked for, in milliseconds since 1970; 0 or nothing where it is not. */
  readonly until?: number | undefined;
  readonly budget?: Budget | undefined;
}

/** What an application logs with. Keys of metadata beyond the contract's are written if the service passes them. */
export interface Log {
  info(message: string, metadata?: Metadata): void;
  warn(message: string, metadata?: Metadata): void;
  /** `error` is whatever was thrown. */
  error(message: string, error?: unknown, metadata?: Metadata): void;
}

export type Step = NonNullable<Metadata["step"]>;

/** The log as the library uses it: a line of any step of the contract; `own` metadata goes before the entry's. */
export interface LineLog extends Log {
  line(step: Step, entry: Entry, own?: Metadata): void;
}

const DAY = 86_400_000;
const KEYS = keysOf([]);
const OUT_OF_ROOM = "no room for more log lines in this invocation: all but errors and the answer are left out";
let announced = "";

/**
 * A log for one request. That debugging is on, or that it is refused, is said once in an isolate, in a line of its own.
 */
export function makeLog(settings: LogSettings): LineLog {
  const line = lineWriter(settings);
  announce(settings, line);
  return {
    line,
    info: (message, metadata) => line("message", { level: "info", message, metadata }),
    warn: (message, metadata) => line("message", { level: "warn", message, metadata }),
    error: (message, error, metadata) => line("message", { level: "error", message, error, metadata }),
  };
}

function lineWriter(settings: LogSettings): LineLog["line"] {
  const { budget = makeBudget() } = settings;
  const put = putter(settings, budget);
  return (step, entry, own) => {
    const answer = step === "answer";
    const told = { ...own, step, ...(answer && budget.left && { dropped: budget.left }) };
    if (put(entry, told, answer ? "answer" : entry.level === "error" ? "error" : "ordinary")) return;
    if (answer) put({ ...entry, error: undefined, metadata: undefined }, told, "answer");
    else if (++budget.left === 1) put({ level: "warn", message: OUT_OF_ROOM }, { step: "telemetry" }, "error");
  };
}

/** Writes one line if there is room for it, and says whether there was. */
type Put = (entry: Entry, own: object, room: Room) => boolean;

function putter({ service, tenantId, requestId, route, marks, keys = KEYS, until = 0 }: LogSettings, budget: Budget): Put {
  const whose = { service, tenant_id: safeText(tenantId, 128, "credential"), request_id: requestId, route };
  return (entry, own, room) => {
    const line = lineOf(whose, entry, { keys, raw: Date.now() < rawUntil(until) }, { ...marks, ...own });
    const fits = take(budget, line, room);
    if (fits) console[entry.level === "info" ? "log" : entry.level](line);
    return fits;
  };
}

/** Until when raw texts may be logged, in milliseconds since 1970; 0 if they may not. */
export function rawUntil(until: number): number {
  return until - Date.now() <= DAY ? until : 0;
}

function announce({ service, until = 0 }: LogSettings, line: LineLog["line"]): void {
  if (!(until > Date.now())) return;
  const change = service + until;
  if (announced === change) return;
  announced = change;
  const message = rawUntil(until)
    ? "debugging is on: raw prompts and answers are logged until debug_until"
    : "observe, debug.until: more than 24 hours ahead, so it stays off; give a nearer time";
  line("telemetry", { level: "warn", message }, { debug_until: new Date(until).toISOString() });
}
