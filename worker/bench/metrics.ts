/** Measures the cost of counting a request's four metrics in workerd; run it from worker/. */

import { build } from "esbuild";
import { Miniflare } from "miniflare";

const ROUNDS = 7;
interface Round {
  readonly accumulating: number;
  readonly exporting: number;
}

/** Prints microseconds per request: the minimum of several rounds, which other processes disturb least. */
export async function benchMetrics(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: ["bench/workers/metrics.ts"],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
  });
  const script = outputFiles[0]!.text;
  const miniflare = new Miniflare({ modules: true, script, cf: false, compatibilityDate: "2026-04-01" });
  const rounds: Round[] = [];
  try {
    for (let n = 0; n < ROUNDS; n++) rounds.push((await (await miniflare.dispatchFetch("http://x/")).json()) as Round);
  } finally {
    await miniflare.dispose();
  }
  const minimum = (name: keyof Round): number => Math.min(...rounds.map((round) => round[name]));
  console.log(`accumulating a request's four metrics:              ${minimum("accumulating").toFixed(2)} µs`);
  console.log(`encoding them as OTLP/JSON for each request alone:  ${minimum("exporting").toFixed(2)} µs`);
}

await benchMetrics();
