/** The lines that telemetry says of itself. */

import { type Metadata, type Service, SERVICES } from "../../out/contract/contract.gen.ts";
import { makeLog } from "./log.ts";
import { originOf } from "./request.ts";

const said = new Set<string>();
/** What fails may quote a request, so that no two warnings are the same: an isolate gives no more than so many. */
const MOST = 100;

/** Writes a line: no request began it, so it bears an id of its own, and no tenant. */
export function notice(service: string, level: "info" | "warn", message: string, metadata?: Metadata): void {
  const known = (Object.hasOwn(SERVICES, service) ? service : Object.keys(SERVICES)[0]) as Service;
  makeLog({ service: known, ...originOf() }).line("telemetry", { level, message }, metadata);
}

/** Warns once in an isolate's life. */
export function warnOnce(service: string, message: string, metadata?: Metadata): void {
  if (said.has(message) || said.size >= MOST) return;
  said.add(message);
  notice(service, "warn", message, metadata);
}
