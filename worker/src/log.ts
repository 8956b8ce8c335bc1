/** The log of one request: JSON lines to the console, within what an invocation may write. */

import { type LogLine, type Metadata, SERVICES } from "../../out/contract/contract.gen.ts";
import { type Budget, makeBudget, type Room, take } from "./budget.ts";
import { type Entry, fittedOrigin, type Origin, record, written } from "./record.ts";

/** Raw prompts and answers are logged until this time, at most a day ahead. */
export interface Debug {
  readonly until: Date;
}

/** What a log is made of. `passed` comes from `passedKeys`; invocations that serve several requests share a budget. */
export interface LogSettings {
  readonly service: Origin["service"];
  readonly tenantId: string;
  readonly requestId: string;
  readonly route: Origin["route"];
  readonly cfRay?: string | undefined;
  readonly callerRequestId?: string | undefined;
  readonly passed?: ReadonlySet<string> | undefined;
  readonly debug?: Debug | undefined;
  readonly budget?: Budget | undefined;
  readonly write?: Write | undefined;
}

/** Writes one line, at a level. */
export type Write = (level: LogLine["level"], line: string) => void;

/** What an application logs with. Keys of metadata beyond the contract's are written if the service passes them. */
export interface Log {
  info(message: string, metadata?: Metadata): void;
  warn(message: string, metadata?: Metadata): void;
  /** `error` is whatever was thrown. */
  error(message: string, error?: unknown, metadata?: Metadata): void;
}

/** The log as the library uses it: any line of the contract. */
export interface LineLog extends Log {
  line(entry: Entry): void;
}

const DAY = 86_400_000;
const NOTHING: ReadonlySet<string> = new Set();
const OUT_OF_ROOM = "no room for more log lines in this invocation: further ones are left out, except errors and answer";
let announced = "";

/**
 * A log for one request. Throws a TypeError if the contract does not know the service.
 * That debugging is on, or that it is refused, is said once in an isolate, in a line of its own.
 */
export function makeLog(settings: LogSettings): LineLog {
  if (!Object.hasOwn(SERVICES, settings.service)) {
    const known = Object.keys(SERVICES).join(", ");
    const given = JSON.stringify(settings.service);
    throw new TypeError(`observe, service: ${given} is not in the contract; give one of ${known}`);
  }
  const line = lineWriter(settings);
  announce(settings, line);
  const say = (entry: Entry): void => line(entry, { step: "message" });
  return {
    line: (entry) => line(entry),
    info: (message, metadata) => say({ level: "info", message, metadata }),
    warn: (message, metadata) => say({ level: "warn", message, metadata }),
    error: (message, error, metadata) => say({ level: "error", message, error, metadata }),
  };
}

/** Writes an entry; `own` metadata goes before the entry's. */
type WriteLine = (entry: Entry, own?: Metadata) => void;

function lineWriter(settings: LogSettings): WriteLine {
  const { budget = makeBudget(), write = toConsole } = settings;
  const put = putter(settings, budget, write);
  return (entry, own = {}) => {
    const answer = (own.step ?? (entry.metadata as Metadata | undefined)?.step) === "answer";
    const lost = answer && budget.left > 0 ? { ...own, dropped: budget.left } : own;
    if (put(entry, lost, answer ? "answer" : entry.level === "error" ? "error" : "ordinary")) return;
    if (answer) put({ ...entry, error: undefined, metadata: undefined }, { ...lost, step: "answer" }, "answer");
    else if (++budget.left === 1) put({ level: "warn", message: OUT_OF_ROOM }, { step: "telemetry" }, "error");
  };
}

/** Writes one line if there is room for it, and says whether there was. */
type Put = (entry: Entry, own: Metadata, room: Room) => boolean;

function putter(settings: LogSettings, budget: Budget, write: Write): Put {
  const { service, tenantId, requestId, route } = settings;
  const origin = fittedOrigin({ service, tenant_id: tenantId, request_id: requestId, route });
  const marks = { cf_ray: settings.cfRay, caller_request_id: settings.callerRequestId };
  const [until, passed] = [untilOf(settings.debug), settings.passed ?? NOTHING];
  return (entry, own, room) => {
    const now = new Date();
    const line = written(record(origin, entry, { passed, raw: now.getTime() < until }, now, { ...marks, ...own }));
    const fits = take(budget, line, room);
    if (fits) write(entry.level, line);
    return fits;
  };
}

/** Until when raw texts may be logged, in milliseconds since 1970; 0 if they may not. */
function untilOf(debug: Debug | undefined): number {
  const until = debug?.until.getTime() ?? 0;
  return until - Date.now() <= DAY ? until : 0;
}

function announce({ service, debug }: LogSettings, line: WriteLine): void {
  const until = debug?.until.getTime() ?? 0;
  const change = `${service} ${until}`;
  if (!(until > Date.now()) || announced === change) return;
  announced = change;
  const allowed = untilOf(debug) > 0;
  const message = allowed
    ? "debugging is on: raw prompts and answers are logged until debug_until"
    : "observe, debug.until: more than 24 hours ahead, so raw prompts and answers stay unlogged; give a nearer time";
  line({ level: "warn", message }, { step: "telemetry", debug_until: new Date(until).toISOString() });
}

function toConsole(level: LogLine["level"], line: string): void {
  console[level === "info" ? "log" : level](line);
}
