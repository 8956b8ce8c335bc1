/** A client of Prometheus' HTTP API, read-only, through the preview's own server. */
import type { Labels, TimeRange } from "@grafana/data";

/** A time series: times in seconds since 1970, values as Prometheus writes them (`NaN` and `+Inf` included). */
export interface Series {
  readonly metric: Labels;
  readonly values: readonly (readonly [number, string])[];
}

/** A failed request; `unreachable` if Prometheus or the preview's server did not respond at all. */
export class PrometheusError extends Error {
  constructor(
    message: string,
    readonly unreachable: boolean,
  ) {
    super(message);
  }
}

/** Run an instant query at the end of the time range. */
export async function queryInstant(query: string, timeRange: TimeRange, signal: AbortSignal): Promise<readonly Series[]> {
  const time = String(timeRange.to.valueOf() / 1000);
  const { result } = (await request("query", { query, time }, signal)) as { result: readonly Sample[] };
  return result.map(({ metric, value }) => ({ metric, values: [value] }));
}

/** Run a range query; as in Grafana, the timestamps are multiples of the step (seconds). */
export async function queryRange(query: string, timeRange: TimeRange, step: number, signal: AbortSignal): Promise<readonly Series[]> {
  const aligned = (time: number): string => String(Math.floor(time / 1000 / step) * step);
  const [start, end] = [aligned(timeRange.from.valueOf()), aligned(timeRange.to.valueOf())];
  const { result } = (await request("query_range", { query, start, end, step: String(step) }, signal)) as {
    result: readonly Series[];
  };
  return result;
}

/** Return the values of a label of the series that a selector has in the time range, sorted. */
export async function labelValues(selector: string, label: string, timeRange: TimeRange, signal: AbortSignal): Promise<readonly string[]> {
  const [start, end] = [timeRange.from, timeRange.to].map((time) => String(time.valueOf() / 1000)) as [string, string];
  const values = (await request(`label/${label}/values`, { "match[]": selector, start, end }, signal)) as string[];
  return [...values].sort((left, right) => left.localeCompare(right));
}

interface Sample {
  readonly metric: Labels;
  readonly value: readonly [number, string];
}

async function request(path: string, parameters: Record<string, string>, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(`/api/prometheus/api/v1/${path}?${new URLSearchParams(parameters)}`, { signal }).catch(
    (error: unknown) => {
      if (signal.aborted) throw error;
      throw new PrometheusError("preview server: no response; start it again", true);
    },
  );
  const text = await response.text();
  const body = parseBody(text);
  if (body?.status === "success") return body.data;
  throw new PrometheusError(body?.error ?? `Prometheus: HTTP ${response.status}: ${text.slice(0, 200)}`, response.status === 502);
}

function parseBody(text: string): { status: string; data?: unknown; error?: string } | undefined {
  try {
    return JSON.parse(text) as { status: string };
  } catch {
    return undefined;
  }
}
