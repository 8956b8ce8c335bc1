/** The lines that telemetry says of itself. */

import { type Metadata, type Service, SERVICES } from "../../out/contract/contract.gen.ts";
import { lineWriter } from "./log.ts";
import { keysOf } from "./record.ts";
import { originOf } from "./request.ts";

const said = new Set<string>();
/** What fails may quote a request, so that no two warnings are the same: an isolate gives no more than so many. */
const MOST = 100;

/** The service that a shard speaks for: what it has heard of may be another contract's, and no line may bear that. */
export function serviceOf(heard = ""): Service {
  return (Object.hasOwn(SERVICES, heard) ? heard : Object.keys(SERVICES)[0]) as Service;
}

/** Writes a line: no request began it, so it bears an id of its own, and no tenant. */
export function notice(service: string, level: "info" | "warn", message: string, metadata?: Metadata): void {
  lineWriter({ service: service as Service, origin: originOf(), keys: keysOf() })("telemetry", { level, message, metadata });
}

/** Warns once in an isolate's life. What has metadata, as that raw texts are logged, has room of its own. */
export function warnOnce(service: string, message: string, metadata?: Metadata): void {
  if (said.has(message) || said.size >= (metadata ? 2 * MOST : MOST)) return;
  said.add(message);
  notice(service, "warn", message, metadata);
}
