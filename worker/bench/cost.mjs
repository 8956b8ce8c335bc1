// Prints the table of docs/cost.md: what the shards write in a day, and what Cloudflare bills for it. Two minutes of each case are simulated on the
// real shard in workerd, which counts `rowsWritten` and alarms, and extrapolated to a day.
import { build } from "esbuild";
import { Miniflare } from "miniflare";

const PER_SECOND = [1, 10, 150, 1_000];
const TENANTS = [10, 100, 10_000];
const MODES = { batch: "windowMs=1000", "batch, window of 10 s": "windowMs=10000", sync: "windowMs=1000&sync" };
const SECONDS = 120;
const WARM_UP_SECONDS = 15;
const DAY_SECONDS = 86_400;
/** Dollars per million, and GB-seconds of an object that is always active: 128 MB for a day. */
const PRICES = { rows: 1.0, requests: 0.15, gigabyteSeconds: 12.5 };
const GIGABYTE_SECONDS = 0.128 * DAY_SECONDS;
const FREE_ROWS = 100_000;

const { outputFiles } = await build({
  entryPoints: ["bench/workers/shard.ts"],
  bundle: true,
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
  bindings: { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://bench.invalid" },
  outboundService: () => new Response("{}"),
  durableObjects: { TELEMETRY: { className: "TelemetryShard", useSQLite: true } },
});

async function simulate(shard, seconds, perSecond, tenants, mode) {
  const url = `http://bench/simulate?shard=${shard}&seconds=${seconds}&perSecond=${perSecond}&tenants=${tenants}&${mode}`;
  const response = await miniflare.dispatchFetch(url);
  if (!response.ok) throw new Error(await response.text());
  const { rows, requests } = await response.json();
  const perDay = DAY_SECONDS / seconds;
  return { rows: rows * perDay, requests: requests * perDay };
}

try {
  console.log("| mode | requests/s | tenants | rows a day | requests to the object a day | US$ a month | Free plan |\n|---|---|---|---|---|---|---|");
  for (const [name, mode] of Object.entries(MODES)) {
    for (const perSecond of PER_SECOND) {
      for (const tenants of TENANTS) {
        const shard = encodeURIComponent(`${name}-${perSecond}-${tenants}`);
        await simulate(shard, WARM_UP_SECONDS, perSecond, tenants, mode); // most series exist afterwards
        const { rows, requests } = await simulate(shard, SECONDS, perSecond, tenants, mode);
        const dollars = ((rows * PRICES.rows + requests * PRICES.requests + GIGABYTE_SECONDS * PRICES.gigabyteSeconds) / 1e6) * 30;
        const cells = [name, perSecond, tenants, Math.round(rows), Math.round(requests)].map((cell) => cell.toLocaleString("en"));
        console.log(`| ${cells.join(" | ")} | ${dollars.toFixed(2)} | ${rows <= FREE_ROWS ? "fits" : "no"} |`);
      }
    }
  }
} finally {
  await miniflare.dispose();
}
