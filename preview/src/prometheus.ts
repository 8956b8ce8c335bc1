/** The reading part of Prometheus' HTTP API, asked through the preview's own server. */
import type { Labels, TimeRange } from "@grafana/data";

/** One series of an answer: times in seconds since 1970, values as Prometheus writes them (`NaN`, `+Inf` too). */
export interface Series {
  readonly metric: Labels;
  readonly values: readonly (readonly [number, string])[];
}

/** Why Prometheus gave no answer; `unreachable` where there is none that could. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly unreachable: boolean,
  ) {
    super(message);
  }
}

/** Values at one moment (the end of the range). */
export async function instantly(query: string, range: TimeRange, stop: AbortSignal): Promise<readonly Series[]> {
  const time = String(range.to.valueOf() / 1000);
  const { result } = (await ask("query", { query, time }, stop)) as { result: readonly Sample[] };
  return result.map(({ metric, value }) => ({ metric, values: [value] }));
}

/** Values over a range, at whole multiples of the step (seconds), as Grafana aligns them. */
export async function over(query: string, range: TimeRange, step: number, stop: AbortSignal): Promise<readonly Series[]> {
  const aligned = (at: number): string => String(Math.floor(at / 1000 / step) * step);
  const [start, end] = [aligned(range.from.valueOf()), aligned(range.to.valueOf())];
  const { result } = (await ask("query_range", { query, start, end, step: String(step) }, stop)) as {
    result: readonly Series[];
  };
  return result;
}

/** The values that a label of a metric has in a range, sorted. */
export async function valuesOf(metric: string, label: string, range: TimeRange, stop: AbortSignal): Promise<readonly string[]> {
  const [start, end] = [range.from, range.to].map((at) => String(at.valueOf() / 1000)) as [string, string];
  const found = (await ask(`label/${label}/values`, { "match[]": metric, start, end }, stop)) as string[];
  return [...found].sort((one, other) => one.localeCompare(other));
}

interface Sample {
  readonly metric: Labels;
  readonly value: readonly [number, string];
}

async function ask(path: string, parameters: Record<string, string>, stop: AbortSignal): Promise<unknown> {
  const answer = await fetch(`/api/prometheus/api/v1/${path}?${new URLSearchParams(parameters)}`, { signal: stop }).catch(
    (error: unknown) => {
      if (stop.aborted) throw error;
      throw new Refusal("the preview's own server is gone; start it again", true);
    },
  );
  const text = await answer.text();
  const body = parsed(text);
  if (body?.status === "success") return body.data;
  throw new Refusal(body?.error ?? `Prometheus answered ${answer.status}: ${text.slice(0, 200)}`, answer.status === 502);
}

function parsed(text: string): { status: string; data?: unknown; error?: string; errorType?: string } | undefined {
  try {
    return JSON.parse(text) as { status: string };
  } catch {
    return undefined;
  }
}
