/** Series as OTLP. */

import { madeIn, type Series, type Told } from "./ledger.ts";
import type { Shape } from "./series.ts";

/** What is pushed together: series of one shard, as they are at one moment. */
export interface Snapshot {
  readonly shard: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly series: readonly (readonly [key: string, series: Series])[];
  readonly exemplars: ReadonlyMap<string, readonly Told[]>;
}

const CUMULATIVE = 2;

/** A snapshot as OTLP/JSON (ExportMetricsServiceRequest of opentelemetry-proto 1), cumulative since the births. */
export function otlpOf(snapshot: Snapshot): string {
  const points = new Map<Shape, object[]>();
  for (const [key, series] of snapshot.series) {
    const ofMetric = points.get(series.shape);
    const point = pointOf(series, snapshot.at, snapshot.exemplars.get(key) ?? []);
    if (ofMetric) ofMetric.push(point);
    else points.set(series.shape, [point]);
  }
  const attributes = [attribute("service.name", "workers"), attribute("service.instance.id", snapshot.shard)];
  const metrics = [...points].map(([shape, dataPoints]) => metricOf(shape, dataPoints));
  const scopeMetrics = [{ scope: { name: "workers-ai-observability" }, metrics }];
  return JSON.stringify({ resourceMetrics: [{ resource: { attributes }, scopeMetrics }] });
}

function metricOf({ name, kind }: Shape, dataPoints: object[]): object {
  if (kind === "gauge") return { name, gauge: { dataPoints } };
  if (kind === "histogram") return { name, histogram: { aggregationTemporality: CUMULATIVE, dataPoints } };
  return { name, sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints } };
}

function pointOf({ shape, values, bornAt, numbers }: Series, at: number, exemplars: readonly Told[]): object {
  const attributes = shape.labels.map((label, place) => attribute(label, values[place]!));
  if (shape.kind === "gauge") return { attributes, timeUnixNano: nanoseconds(at), asDouble: at / 1000 };
  const point = {
    attributes,
    startTimeUnixNano: nanoseconds(bornAt),
    timeUnixNano: nanoseconds(at),
    exemplars: exemplars.filter(Boolean).map(exemplarOf),
  };
  const sum = numbers.at(-1);
  if (shape.kind === "counter") return { ...point, asDouble: sum };
  return { ...point, count: madeIn(numbers), sum, bucketCounts: numbers.slice(0, -1), explicitBounds: shape.buckets };
}

function exemplarOf({ at, value, requestId }: Told): object {
  return { timeUnixNano: nanoseconds(at), asDouble: value, filteredAttributes: [attribute("request_id", requestId)] };
}

const attribute = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
const nanoseconds = (milliseconds: number): string => `${milliseconds}000000`;
