// Measures the memory of a shard with as many series as 2,500 full tenants have, in workerd with the heap limit of Cloudflare's isolates: above an
// empty object, at the peak of filling, pushing, folding and waking. Linux only: it reads the peak of the process' resident memory.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const TENANTS = Number(process.argv[2] ?? 2_500);
/** An isolate on Cloudflare has 128 MB. Without a limit, V8 collects garbage late, and the peak says little about what is needed. */
const HEAP_MB = Number(process.argv[3] ?? 128);
const folder = mkdtempSync(join(tmpdir(), "bench-"));
mkdirSync(join(folder, "storage"));
await build({
  entryPoints: ["bench/workers/shard.ts"],
  bundle: true,
  outfile: join(folder, "worker.js"),
  format: "esm",
  target: "es2022",
  external: ["cloudflare:*"],
  absWorkingDir: `${import.meta.dirname}/..`,
});

const pushes = [];
const collector = createServer((request, response) => {
  request.resume().on("end", () => {
    pushes.push(Date.now());
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
});
await new Promise((resolve) => collector.listen(0, "127.0.0.1", resolve));

writeFileSync(
  join(folder, "config.capnp"),
  `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = ["--max-heap-size=${HEAP_MB}"],
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["private", "public"])),
    (name = "storage", disk = (path = "${folder}/storage", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-04-01",
  bindings = [
    (name = "TELEMETRY", durableObjectNamespace = "TelemetryShard"),
    (name = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", text = "http://127.0.0.1:${collector.address().port}/v1/metrics"),
  ],
  durableObjectNamespaces = [(className = "TelemetryShard", uniqueKey = "bench", enableSql = true)],
  durableObjectStorage = (localDisk = "storage"),
);
`,
);
const workerdPath = createRequire(createRequire(import.meta.url).resolve("miniflare"))("workerd").default;
let workerd;
let port;
async function start() {
  workerd = spawn(workerdPath, ["serve", "--experimental", "--control-fd=3", join(folder, "config.capnp")], {
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  port = await new Promise((resolve) => workerd.stdio[3].on("data", (data) => resolve(JSON.parse(String(data).split("\n")[0]).port)));
}
async function stop() {
  const exited = new Promise((resolve) => workerd.on("exit", resolve));
  workerd.kill();
  await exited;
}

/** Returns the memory of workerd in MB: now, and its peak since `resetPeak`. */
function memory() {
  const status = readFileSync(`/proc/${workerd.pid}/status`, "utf8");
  const megabytes = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024;
  return { now: megabytes("VmRSS"), peak: megabytes("VmHWM") };
}
const resetPeak = () => writeFileSync(`/proc/${workerd.pid}/clear_refs`, "5");
async function fetchText(path) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  if (!response.ok) throw new Error(await response.text());
  return response.text();
}
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Runs a step, and prints the peak of the memory above the empty object. */
async function step(name, empty, work) {
  resetPeak();
  await work();
  const { now, peak } = memory();
  console.log(`${name}: ${(peak - empty).toFixed(0)} MB at the peak, ${(now - empty).toFixed(0)} MB after it`);
}

try {
  await start();
  await fetchText("/fill?first=0&count=1");
  await sleep(2_000);
  const empty = memory().now;
  console.log(`empty object: ${empty.toFixed(0)} MB (all of workerd)`);
  await step(`filling with ${TENANTS * 52} series, pushing what changed`, empty, async () => {
    for (let first = 0; first < TENANTS; first += 100) await fetchText(`/fill?first=${first}&count=100`);
  });
  await step("a minute of full pushes every 15 s, and a fold", empty, async () => {
    pushes.length = 0;
    await sleep(62_000);
  });
  const starts = pushes.filter((at, index) => index === 0 || at - pushes[index - 1] > 1_500);
  const lengths = starts.map((start, index) => pushes.findLast((at) => at < (starts[index + 1] ?? Infinity)) - start);
  console.log(`${starts.length} full pushes of ${Math.round(pushes.length / starts.length)} requests; the longest took ${Math.max(...lengths)} ms`);
  await step("waking", empty, async () => {
    await stop();
    await start();
    await fetchText("/fill?first=0&count=1");
    await sleep(20_000);
  });
} finally {
  await stop();
  collector.close();
  rmSync(folder, { recursive: true });
}
