/** Measures the throughput of redaction, compared with running every pattern over every text, and the cost of a log line. */

import { REDACTION } from "workers-ai-observability/contract";
import { type LogEntry, allowedKeys, formatLine } from "../src/log_line.ts";
import { redactionMark, redactText } from "../src/redaction.ts";

const MIN_DURATION_MS = 300;
const ORIGIN = { requestId: "8d3f2b1a-4c5d-4e6f-8a9b-0c1d2e3f4a5b", tenantId: "com-mrrainbowsmoke", route: "/chat" } as const;
const STACK = `TypeError: Cannot read properties of undefined\n${"    at async Object.fetch (worker.js:120:17)\n".repeat(8)}`;
const QUESTION = "Please summarise what the two reports of 2026 say about costs, and where they differ: be brief. ";
const RULES = Object.entries({ ...REDACTION.credential, ...REDACTION.personal });
const TEXTS: Record<string, string[]> = {
  "log messages": ["chat answered", "query of vectorize failed: VECTOR_QUERY_ERROR (code = 40006): not found", "kv read in 12 ms"],
  "error stacks": [STACK],
  "a prompt of 32 KB": [QUESTION.repeat(340)],
  "a prompt of 32 KB with contact data": [`${QUESTION.repeat(5)}mail jane@example.com or call +49 30 1234567. `.repeat(62)],
  "256 KB of 'a'": ["a".repeat(1 << 18)],
  "256 KB of 'a@a.'": ["a@a.".repeat(1 << 16)],
  "256 KB of groups of four digits": ["4444 ".repeat(52_429)],
  "256 KB like account numbers": ["AA11 AAAA ".repeat(26_215)],
};

/** The baseline: applies every pattern, without the checks that skip patterns and reject false matches. */
function applyEveryPattern(text: string): string {
  return RULES.reduce((rest, [name, { pattern }]) => rest.replace(pattern, redactionMark(name)), text);
}

/** Returns the CPU time of one run in seconds, averaged over enough runs to be precise. */
function cpuSeconds(run: () => unknown): number {
  let [runs, used] = [0, 0];
  for (const isWarmUp of [true, false]) {
    const start = process.cpuUsage();
    for (runs = 0, used = 0; used < (isWarmUp ? MIN_DURATION_MS / 3 : MIN_DURATION_MS) * 1000; runs += 1) {
      run();
      if (runs % 16 > 0) continue;
      const { user, system } = process.cpuUsage(start);
      used = user + system;
    }
  }
  return used / 1e6 / runs;
}

/** Returns the throughput in MB/s, formatted. */
function throughput(texts: string[], redact: (text: string) => string): string {
  const size = texts.reduce((sum, text) => sum + text.length, 0);
  return (size / 1e6 / cpuSeconds(() => texts.map(redact))).toFixed(1).padStart(8);
}

/** Returns the microseconds per log line, formatted. */
function lineCost(entry: LogEntry): string {
  const lineContext = { service: "worker-api" as const, origin: ORIGIN, keys: allowedKeys() };
  return (cpuSeconds(() => formatLine(lineContext, "call", entry)) * 1e6).toFixed(1).padStart(8);
}

console.log("MB/s (one character is one byte)    redactText   every pattern, without checks");
for (const [name, texts] of Object.entries(TEXTS)) {
  console.log(`${name.padEnd(36)}${throughput(texts, (text) => redactText(text))}        ${throughput(texts, applyEveryPattern)}`);
}
const error = Object.assign(new TypeError("Cannot read properties of undefined"), { stack: STACK });
const metadata = { binding: "AI", model: "@cf/meta/llama-3.1-8b-instruct", tokens_input: 12, tokens_output: 90 };
console.log("\nµs per line, from entry to JSON");
console.log(`a call                              ${lineCost({ level: "info", message: "ai answered", latency_ms: 812, metadata })}`);
console.log(`an error with its stack             ${lineCost({ level: "error", message: "ai failed", error, metadata })}`);
