/** Makes export requests of series, in the form of OTLP/JSON (ExportMetricsServiceRequest of opentelemetry-proto 1). */

import { TELEMETRY } from "workers-ai-observability/contract";
import type { StoredSeries, TimedExemplar } from "./counter_store.ts";
import { type MetricDefinition, observationCount } from "./series.ts";

/** The series of a shard that are exported together, with one timestamp. */
export interface Snapshot {
  readonly shard: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly series: readonly StoredSeries[];
  /** What the names of metrics begin with, if not with the contract's prefix. */
  readonly prefix?: string;
}

const CUMULATIVE = 2;
/** Attributes of each point, because Prometheus drops those of the resource unless it is configured to keep them. */
const SERIES_LABELS: readonly (readonly [name: string, value: string])[] = Object.entries(TELEMETRY.seriesLabels);

/** Returns an export request: what JSON has of it is its encoding. */
export function otlpRequest({ shard, at, series, prefix = TELEMETRY.metricPrefix }: Snapshot): object {
  const pointsByMetric = new Map<MetricDefinition, object[]>();
  for (const stored of series) {
    const points = pointsByMetric.get(stored.metric) ?? [];
    pointsByMetric.set(stored.metric, points);
    points.push(encodePoint(stored, at));
  }
  const attributes = [attribute("service.name", "workers"), attribute("service.instance.id", shard)];
  const metrics = [...pointsByMetric].map(([{ name, kind }, dataPoints]) => ({ name: prefix + name, ...encodeData(kind, dataPoints) }));
  const scopeMetrics = [{ scope: { name: "workers-ai-observability" }, metrics }];
  return { resourceMetrics: [{ resource: { attributes }, scopeMetrics }] };
}

function encodeData(kind: MetricDefinition["kind"], dataPoints: object[]): object {
  if (kind === "gauge") return { gauge: { dataPoints } };
  const data = { aggregationTemporality: CUMULATIVE, dataPoints };
  return kind === "histogram" ? { histogram: data } : { sum: { isMonotonic: true, ...data } };
}

/** The contract's one gauge is the heartbeat: its value is the time of the export, in seconds. */
function encodePoint({ metric, labelValues, startTime, numbers, exemplars }: StoredSeries, at: number): object {
  const attributes = metric.labels.map((label, index) => attribute(label, labelValues[index]!));
  for (const [name, value] of SERIES_LABELS) attributes.push(attribute(name, value));
  if (metric.kind === "gauge") return { attributes, timeUnixNano: nanoseconds(at), asDouble: at / 1000 };
  const point = {
    attributes,
    startTimeUnixNano: nanoseconds(startTime),
    timeUnixNano: nanoseconds(at),
    exemplars: exemplars?.filter(Boolean).map(encodeExemplar),
  };
  const sum = numbers.at(-1);
  if (metric.kind === "counter") return { ...point, asDouble: sum };
  return { ...point, count: observationCount(numbers), sum, bucketCounts: numbers.slice(0, -1), explicitBounds: metric.buckets };
}

function encodeExemplar({ at, value, requestId }: TimedExemplar): object {
  return { timeUnixNano: nanoseconds(at), asDouble: value, filteredAttributes: [attribute("request_id", requestId)] };
}

const attribute = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
const nanoseconds = (milliseconds: number): string => `${milliseconds}000000`;
