/**
 * Runs the example until its standard input ends, or it is told to end. Says where it answers in one line of JSON.
 * From the environment: LOG_FILE is where the Workers' lines go (else to standard error); what begins with OTLP_ or
 * TELEMETRY_, and QUESTIONS_AN_HOUR, becomes a variable of both Workers.
 */

import { appendFileSync } from "node:fs";

import { startPlatform } from "./platform.ts";

const OURS = /^(?:OTLP_|TELEMETRY_)|^QUESTIONS_AN_HOUR$/u;

/** `example` is the address of this example's folder. */
export async function start(example: string): Promise<void> {
  const { LOG_FILE } = process.env;
  const set = Object.entries(process.env).filter(([name, value]) => OURS.test(name) && value !== undefined);
  const vars = { OTLP_URL: "", ...Object.fromEntries(set) } as Record<string, string>; // else wrangler.jsonc's, which is not of here
  const hear = LOG_FILE ? (line: string) => appendFileSync(LOG_FILE, `${line}\n`) : (line: string) => console.error(line);
  const platform = await startPlatform(new URL(example), vars, hear);
  const told = new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
    process.stdin.once("end", resolve).resume();
  });
  console.log(JSON.stringify(platform.urls));
  await told;
  await platform.close();
  process.exit(0);
}
