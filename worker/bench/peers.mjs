// Compares Workers that observe a request with one KV read: CPU time per request and size, beside the bare Worker. Each runs in
// a workerd of its own, in turn. Peers that are not installed are left out.
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";

const require = createRequire(import.meta.url);
process.env.WORKERD = createRequire(require.resolve("miniflare"))("workerd").default;
process.env.MINIFLARE_WORKERD_PATH = `${import.meta.dirname}/workerd_without_output.sh`;
const [ROUNDS, REQUESTS_PER_ROUND] = [30, 200];

/** What is compared: its module, and the package that it needs. */
const WORKERS = {
  "bare": ["bare.js"],
  "two lines by hand": ["by_hand.js"],
  "`observe`": ["observe.js"],
  "`observe` and the shard": ["observe_with_shard.js"],
  "@sentry/cloudflare": ["sentry.js", "@sentry/cloudflare"],
  "@microlabs/otel-cf-workers": ["otel.js", "@microlabs/otel-cf-workers"],
};

/** Returns the version of a package, or undefined if it is not installed. */
function installedVersion(name) {
  try {
    return JSON.parse(readFileSync(`${import.meta.dirname}/../node_modules/${name}/package.json`, "utf8")).version;
  } catch {
    return undefined;
  }
}

async function bundle(module) {
  const { outputFiles } = await build({
    entryPoints: [`${import.meta.dirname}/workers/peers/${module}`],
    tsconfig: `${import.meta.dirname}/../tsconfig.json`,
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker"],
    external: ["cloudflare:*", "node:*"],
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "error",
  });
  return outputFiles[0].text;
}

/** The processes of workerd that this one has started. */
function workerds() {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  return children.filter((child) => basename(readFileSync(`/proc/${child}/cmdline`, "utf8").split("\0")[0]) === "workerd");
}

/** Returns the CPU time of all threads of a process in nanoseconds. */
function cpuTime(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]), 0);
}

/** Starts a Worker in a process of its own. */
async function start(title, script, sink) {
  const before = workerds();
  const hasShard = script.includes("TelemetryShard");
  const miniflare = new Miniflare({
    cf: false,
    compatibilityDate: "2026-04-01",
    compatibilityFlags: ["nodejs_compat"],
    modules: true,
    script,
    bindings: { SINK: sink, OTEL_EXPORTER_OTLP_ENDPOINT: sink },
    ...(hasShard && { durableObjects: { TELEMETRY: { className: "TelemetryShard", useSQLite: true } } }),
    log: new Log(LogLevel.NONE),
    handleRuntimeStdio: (stdout, stderr) => void [stdout.resume(), stderr.resume()],
  });
  await miniflare.ready;
  const [pid] = workerds().filter((each) => !before.includes(each));
  return { title, miniflare, pid, gzipped: gzipSync(script, { level: 9 }).length, rounds: [] };
}

/** Runs one round, and notes the microseconds of CPU per request. What is sent after the answers counts, too. */
async function measure({ miniflare, pid, rounds }) {
  const before = cpuTime(pid);
  await (await miniflare.dispatchFetch(`http://bench/?requests=${REQUESTS_PER_ROUND}`)).text();
  await new Promise((resolve) => setTimeout(resolve, 100));
  rounds.push((cpuTime(pid) - before) / 1000 / REQUESTS_PER_ROUND);
}

/** Returns the 10th percentile of the rounds, which other processes disturb least. */
const tenthPercentile = (costs) => [...costs].sort((a, b) => a - b)[Math.floor(costs.length / 10)];

if (process.platform !== "linux") throw new Error("bench/peers.mjs: it reads CPU time from /proc; run it on Linux");
const sink = createServer((request, response) => request.resume().on("end", () => response.end("{}")));
await new Promise((resolve) => sink.listen(0, "127.0.0.1", resolve));
const running = [];
try {
  for (const [title, [module, peer]] of Object.entries(WORKERS)) {
    const version = peer && installedVersion(peer);
    if (peer && !version) console.log(`${peer}: not installed; \`npm install --no-save ${peer}\` adds it`);
    else running.push(await start(version ? `${title} ${version}` : title, await bundle(module), `http://127.0.0.1:${sink.address().port}`));
  }
  for (let round = 0; round < ROUNDS; round++) for (const worker of running) await measure(worker);
  const [bare] = running;
  console.log("| Worker | CPU per request | added | gzipped, added |\n|---|---|---|---|");
  for (const { title, rounds, gzipped } of running) {
    const cost = tenthPercentile(rounds);
    const added = cost - tenthPercentile(bare.rounds);
    console.log(`| ${title} | ${cost.toFixed(1)} µs | ${added.toFixed(1)} µs | ${((gzipped - bare.gzipped) / 1000).toFixed(1)} kB |`);
  }
} finally {
  for (const { miniflare } of running) await miniflare.dispose();
  sink.closeAllConnections();
  sink.close();
}
