// Measures in workerd what `observe` adds to a request: the same Worker with and without it, alternately in one isolate.
// On Linux it measures CPU time, so that other processes do not affect the result; elsewhere it measures wall-clock time.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { build } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";

process.env.WORKERD = createRequire(createRequire(import.meta.url).resolve("miniflare"))("workerd").default;
process.env.MINIFLARE_WORKERD_PATH = `${import.meta.dirname}/workerd_without_output.sh`;
const ROUNDS = 40;
const REQUESTS_PER_ROUND = 500;
const CASES = { response: "a response", call: "a response with a KV call" };
const BASELINES = { bare: "bare", "by-hand": "with the same two log lines written by hand" };

const { outputFiles } = await build({
  entryPoints: ["bench/workers/observe.ts"],
  bundle: true,
  minify: true,
  write: false,
  format: "esm",
  target: "es2022",
  external: ["cloudflare:*"],
  absWorkingDir: `${import.meta.dirname}/..`,
});
const miniflare = new Miniflare({
  cf: false,
  compatibilityDate: "2026-04-01",
  modules: true,
  script: outputFiles[0].text,
  durableObjects: { TELEMETRY: { className: "TelemetryShard", useSQLite: true } },
  log: new Log(LogLevel.NONE),
  handleRuntimeStdio: (stdout, stderr) => void [stdout.resume(), stderr.resume()],
});

/** Returns the CPU time of all threads of the workerd child process in nanoseconds. */
function cpuTime() {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
  const workerd = children.find((child) => basename(readFileSync(`/proc/${child}/cmdline`, "utf8").split("\0")[0]) === "workerd");
  const threads = readdirSync(`/proc/${workerd}/task`);
  return threads.reduce((sum, thread) => sum + Number(readFileSync(`/proc/${workerd}/task/${thread}/schedstat`, "utf8").split(" ")[0]), 0);
}

/** Runs one round, and returns the microseconds per request. */
async function measure(path, withoutConsole) {
  const before = process.platform === "linux" ? cpuTime() : 0;
  const query = `requests=${REQUESTS_PER_ROUND}${withoutConsole ? "&withoutConsole" : ""}`;
  const response = await miniflare.dispatchFetch(`http://bench/${path}?${query}`);
  const milliseconds = await response.json();
  return (process.platform === "linux" ? (cpuTime() - before) / 1000 : milliseconds * 1000) / REQUESTS_PER_ROUND;
}

/** Returns the 10th percentile of the rounds, which other processes disturb least. */
const tenthPercentile = (costs) => costs.sort((a, b) => a - b)[ROUNDS / 10];

/** Prints the cost of the baseline, of the observed Worker, and the difference; the rounds of both alternate. */
async function report(name, withoutConsole, baseline = "bare") {
  const rounds = { [baseline]: [], observed: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const variant in rounds) rounds[variant].push(await measure(`${name}/${variant}`, withoutConsole));
  }
  const [base, observed] = [tenthPercentile(rounds[baseline]), tenthPercentile(rounds.observed)];
  const title = `${CASES[name]}${withoutConsole ? ", without console.log" : ""}`;
  const added = (observed - base).toFixed(1);
  console.log(`${title}: ${base.toFixed(1)} µs ${BASELINES[baseline]}, ${observed.toFixed(1)} µs observed: ${added} µs more per request`);
}

try {
  await miniflare.ready;
  await report("response", false, "by-hand");
  for (const withoutConsole of [false, true]) for (const name of Object.keys(CASES)) await report(name, withoutConsole);
} finally {
  await miniflare.dispose();
}
