/** Log lines that the library writes about itself. */

import { type Metadata, type Service, SERVICES } from "workers-ai-observability/contract";
import { createLineWriter } from "./log.ts";
import { allowedKeys } from "./log_line.ts";
import { errorMessage } from "./log_text.ts";
import { createOrigin } from "./origin.ts";

const warnings = new Set<string>();
/** Error messages may quote a request, so that no two are the same; an isolate writes only this many warnings. */
const MAX_WARNINGS = 100;

/** Returns the service if the contract has it, else the contract's first: a line with another name would not be valid. */
export function knownService(name = ""): Service {
  return (Object.hasOwn(SERVICES, name) ? name : Object.keys(SERVICES)[0]) as Service;
}

/** Writes a line that belongs to no request: it has an id of its own, and no tenant. */
export function logDiagnostic(service: string, level: "info" | "warn", message: string, metadata?: Metadata): void {
  const writeLine = createLineWriter({ service: knownService(service), origin: createOrigin(), keys: allowedKeys() });
  writeLine("telemetry", { level, message, metadata });
}

/**
 * Writes a warning once per isolate. Warnings with metadata have room of their own, so that those about raw texts in the log
 * are written even if many others came first.
 */
export function warnOnce(service: string, message: string, metadata?: Metadata): void {
  const limit = metadata ? 2 * MAX_WARNINGS : MAX_WARNINGS;
  if (warnings.has(message) || warnings.size >= limit) return;
  warnings.add(message);
  logDiagnostic(service, "warn", message, metadata);
}

/** Runs the library's own work. If it throws, that is logged once and never reaches the application. */
export function runSafely<Result>(service: string, work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    return logFault(service, error);
  }
}

/** Logs once that the library's own work has failed. */
export function logFault(service: string, error: unknown): undefined {
  try {
    warnOnce(service, `telemetry: ${errorMessage(error)}; the response is not affected.`);
  } catch {
    // what fails is the log
  }
}
