/** Grafana's data frames: the shapes in which its Prometheus data source returns series, and their transformations. */
import {
  DataFrameType,
  FieldType,
  standardTransformers,
  standardTransformersRegistry,
  transformDataFrame,
  type DataFrame,
  type DataTransformerInfo,
  type Field,
} from "@grafana/data";
import { firstValueFrom } from "rxjs";
import type { Panel, Target } from "./dashboard";
import type { Series } from "./prometheus";

standardTransformersRegistry.setInit(() =>
  [
    standardTransformers.joinByFieldTransformer,
    standardTransformers.organizeFieldsTransformer,
    standardTransformers.renameByRegexTransformer,
  ].map(registryItem),
);

function registryItem(info: DataTransformerInfo) {
  const { id, name } = info;
  return { id, name, transformation: () => Promise.resolve(info), editor: () => null, imageDark: "", imageLight: "" };
}

/** Convert the series of a target to frames. Graphs find gaps in a line by `step` (seconds). */
export function toDataFrames(target: Target, allSeries: readonly Series[], step: number): DataFrame[] {
  if (allSeries.length === 0) return [];
  if (target.format === "table") return [tableFrame(target, allSeries)];
  if (target.format === "heatmap") return [heatmapFrame(target, allSeries, step)];
  return allSeries.map((series) => timeSeriesFrame(target, series, step));
}

/** Apply the panel's transformations in their order. Rejects for one that this page does not support. */
export async function transformFrames(panel: Panel, frames: DataFrame[]): Promise<DataFrame[]> {
  const transformations = panel.transformations ?? [];
  const unsupported = transformations.find(({ id }) => !standardTransformersRegistry.getIfExists(id));
  if (unsupported) throw new Error(`transformation ${unsupported.id}: not supported by the preview`);
  return firstValueFrom(transformDataFrame(transformations, frames));
}

/** Replace each `{{label}}` with the label's value, as in Prometheus legends. */
export function formatLabels(format: string, labels: Readonly<Record<string, string>>): string {
  return format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => labels[name] ?? "");
}

function timeSeriesFrame(target: Target, { metric, values }: Series, step: number): DataFrame {
  const name = formatLabels(target.legendFormat, metric);
  const value = numberField(name, values.map(([, text]) => (target.instant ? Number(parseValue(text) ?? NaN) : parseValue(text))));
  return {
    name,
    refId: target.refId,
    fields: [timeField(values, step), { ...value, labels: metric }],
    length: values.length,
  };
}

function tableFrame(target: Target, allSeries: readonly Series[]): DataFrame {
  const lastValues = allSeries.flatMap(({ values }) => values.slice(-1));
  const labels = [...new Set(allSeries.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const labelFields = labels.map((name): Field => {
    return { name, type: FieldType.string, config: {}, values: allSeries.map(({ metric }) => metric[name] ?? "") };
  });
  const value = numberField(undefined, lastValues.map(([, text]) => parseValue(text)));
  const valueField = { ...value, name: `Value #${target.refId}` };
  return { refId: target.refId, fields: [timeField(lastValues, undefined), ...labelFields, valueField], length: allSeries.length };
}

/** Convert cumulative buckets to counts per bucket: one field per bucket, sorted by upper bound. */
function heatmapFrame(target: Target, allSeries: readonly Series[], step: number): DataFrame {
  const buckets = [...allSeries].sort((left, right) => numberOrZero(left.metric.le) - numberOrZero(right.metric.le));
  const times = [...new Set(buckets.flatMap(({ values }) => values.map(([time]) => time)))].sort((left, right) => left - right);
  const cumulative = buckets.map(({ values }) => {
    const byTime = new Map(values);
    return times.map((time) => numberOrZero(byTime.get(time)));
  });
  const countAt = (bucket: number, column: number): number => cumulative[bucket]?.[column] ?? 0;
  const fields = buckets.map(({ metric }, bucket) => {
    const counts = times.map((_, column) => Math.max(0, countAt(bucket, column) - countAt(bucket - 1, column)));
    return { ...numberField(formatLabels(target.legendFormat, metric), counts), labels: metric };
  });
  const time = timeField(times.map((seconds) => [seconds, ""] as const), step);
  return { refId: target.refId, meta: { type: DataFrameType.HeatmapRows }, fields: [time, ...fields], length: times.length };
}

function timeField(values: Series["values"], step: number | undefined): Field {
  const config = step === undefined ? {} : { interval: step * 1000 };
  return { name: "Time", type: FieldType.time, config, values: values.map(([seconds]) => seconds * 1000) };
}

function numberField(name: string | undefined, values: (number | null)[]): Field {
  const config = name === undefined ? {} : { displayNameFromDS: name };
  return { name: "Value", type: FieldType.number, config, values };
}

function parseValue(text: string): number | null {
  if (text === "NaN") return null;
  return text.endsWith("Inf") ? (text.startsWith("-") ? -Infinity : Infinity) : Number(text);
}

function numberOrZero(text: string | undefined): number {
  return text === undefined ? 0 : (parseValue(text) ?? 0);
}
