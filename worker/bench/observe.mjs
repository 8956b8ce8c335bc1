// What observing costs a request, in workerd: the same Worker without it and with it, in one isolate, turn by turn.
// Told in time on a processor where the system counts it (Linux), so that a busy machine says the same; else by the clock.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { build } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";

process.env.WORKERD = createRequire(createRequire(import.meta.url).resolve("miniflare"))("workerd").default;
process.env.MINIFLARE_WORKERD_PATH = `${import.meta.dirname}/silent.sh`;
const ROUNDS = 40;
const TIMES = 500;
const CASES = { answer: "an answer", call: "an answer with a call to a store" };
const BARE = { bare: "bare", "by-hand": "with the same two lines written by hand" };

const { outputFiles } = await build({
  entryPoints: ["bench/observe.worker.ts"],
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
  handleRuntimeStdio: (out, err) => void [out.resume(), err.resume()],
});

/** Nanoseconds that workerd, a child of ours, has had a processor, all its threads together. */
function processorTime() {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
  const workerd = children.find((child) => readFileSync(`/proc/${child}/cmdline`, "utf8").includes("workerd"));
  const threads = readdirSync(`/proc/${workerd}/task`);
  return threads.reduce((sum, thread) => sum + Number(readFileSync(`/proc/${workerd}/task/${thread}/schedstat`, "utf8").split(" ")[0]), 0);
}

/** Microseconds a request. */
async function cost(path, quiet) {
  const before = process.platform === "linux" ? processorTime() : 0;
  const answer = await miniflare.dispatchFetch(`http://bench/${path}?times=${TIMES}${quiet ? "&quiet" : ""}`);
  const milliseconds = await answer.json();
  return (process.platform === "linux" ? (processorTime() - before) / 1000 : milliseconds * 1000) / TIMES;
}

/** What neighbours disturb least: of so many rounds, the tenth part that took the least. */
const undisturbed = (costs) => costs.sort((a, b) => a - b)[ROUNDS / 10];

/** What observing adds; the rounds of both take turns. */
async function report(name, quiet, beside = "bare") {
  const rounds = { [beside]: [], observed: [] };
  for (let round = 0; round < ROUNDS; round++) for (const path in rounds) rounds[path].push(await cost(`${name}/${path}`, quiet));
  const [bare, observed] = [undisturbed(rounds[beside]), undisturbed(rounds.observed)];
  const added = (observed - bare).toFixed(1);
  const title = `${CASES[name]}${quiet ? ", console.log left out" : ""}`;
  console.log(`${title}: ${bare.toFixed(1)} µs ${BARE[beside]}, ${observed.toFixed(1)} µs observed: ${added} µs more a request`);
}

try {
  await miniflare.ready;
  await report("answer", false, "by-hand");
  for (const quiet of [false, true]) for (const name of Object.keys(CASES)) await report(name, quiet);
} finally {
  await miniflare.dispose();
}
