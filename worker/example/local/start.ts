/**
 * Runs the example until its standard input ends or it gets SIGINT or SIGTERM. Prints its URLs as one line of JSON.
 * Environment variables: LOG_FILE is the file for the Workers' log lines (default: standard error). OTEL_EXPORTER_OTLP_*,
 * TELEMETRY_* and QUESTIONS_AN_HOUR are passed to both Workers.
 */

import { appendFileSync } from "node:fs";

import { startPlatform } from "./platform.ts";

const PASSED_VARIABLES = /^(?:OTEL_EXPORTER_OTLP_|TELEMETRY_)|^QUESTIONS_AN_HOUR$/u;

/** `example` is the URL of the example's folder. */
export async function start(example: string): Promise<void> {
  const { LOG_FILE } = process.env;
  const passed = Object.entries(process.env).filter(([name, value]) => PASSED_VARIABLES.test(name) && value !== undefined);
  // an empty endpoint replaces that of wrangler.jsonc, which is for the deployed Worker
  const vars = { OTEL_EXPORTER_OTLP_ENDPOINT: "", ...Object.fromEntries(passed) } as Record<string, string>;
  const onLog = LOG_FILE ? (line: string) => appendFileSync(LOG_FILE, `${line}\n`) : (line: string) => console.error(line);
  const platform = await startPlatform(new URL(example), vars, onLog);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
    process.stdin.once("end", resolve).resume();
  });
  console.log(JSON.stringify(platform.urls));
  await stopped;
  await platform.close();
  process.exit(0);
}
