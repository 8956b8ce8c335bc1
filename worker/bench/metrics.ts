/** What it costs to count a request's four metrics, in workerd; run from worker/. */

import { build } from "esbuild";
import { Miniflare } from "miniflare";

const ROUNDS = 7;
interface Round {
  readonly merging: number;
  readonly telling: number;
}

/** Prints microseconds a request, the best of some rounds: what is slower is the machine's other work. */
export async function benchMetrics(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: ["bench/workers/merging.ts"],
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
  const best = (name: keyof Round): number => Math.min(...rounds.map((round) => round[name]));
  console.log(`merging a request's four metrics:              ${best("merging").toFixed(2)} µs`);
  console.log(`telling them as OTLP/JSON, request by request: ${best("telling").toFixed(2)} µs`);
}

await benchMetrics();
