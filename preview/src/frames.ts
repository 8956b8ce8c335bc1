/** Prometheus' answers as Grafana's data frames, in the shapes that its Prometheus data source gives to the panels. */
import { DataFrameType, FieldType, type DataFrame, type Field } from "@grafana/data";
import type { Target } from "./dashboard";
import type { Series } from "./prometheus";

/** The frames of one target. `step` (seconds) tells the graphs where a line has a gap. */
export function framesOf(target: Target, series: readonly Series[], step: number): DataFrame[] {
  if (series.length === 0) return [];
  if (target.format === "table") return [tableOf(target, series)];
  if (target.format === "heatmap") return [bucketsOf(target, series, step)];
  return series.map((one) => lineOf(target, one, step));
}

function lineOf(target: Target, { metric, values }: Series, step: number): DataFrame {
  const value = numberField(labelled(target.legendFormat, metric), values.map(([, text]) => numberOf(text)));
  return {
    refId: target.refId,
    fields: [timeField(values, step), { ...value, labels: metric }],
    length: values.length,
  };
}

function tableOf(target: Target, series: readonly Series[]): DataFrame {
  const last = series.flatMap(({ values }) => values.slice(-1));
  const labels = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const texts = labels.map((name): Field => {
    return { name, type: FieldType.string, config: {}, values: series.map(({ metric }) => metric[name] ?? "") };
  });
  const value = numberField(undefined, last.map(([, text]) => numberOf(text)));
  const named = { ...value, name: `Value #${target.refId}` };
  return { refId: target.refId, fields: [timeField(last, undefined), ...texts, named], length: series.length };
}

/** Cumulative buckets as counts per bucket: one field for each bound, from the lowest to the highest. */
function bucketsOf(target: Target, series: readonly Series[], step: number): DataFrame {
  const sorted = [...series].sort((one, other) => numberOrZero(one.metric.le) - numberOrZero(other.metric.le));
  const times = [...new Set(sorted.flatMap(({ values }) => values.map(([at]) => at)))].sort((one, other) => one - other);
  const cumulative = sorted.map(({ values }) => {
    const byTime = new Map(values);
    return times.map((at) => numberOrZero(byTime.get(at)));
  });
  const fields = sorted.map(({ metric }, row) => {
    const counts = times.map((_, column) => Math.max(0, at(cumulative, row, column) - at(cumulative, row - 1, column)));
    return { ...numberField(labelled(target.legendFormat, metric), counts), labels: metric };
  });
  const time = timeField(times.map((moment) => [moment, ""] as const), step);
  return { refId: target.refId, meta: { type: DataFrameType.HeatmapRows }, fields: [time, ...fields], length: times.length };
}

const at = (rows: readonly (readonly number[])[], row: number, column: number): number => rows[row]?.[column] ?? 0;

function timeField(values: Series["values"], step: number | undefined): Field {
  const config = step === undefined ? {} : { interval: step * 1000 };
  return { name: "Time", type: FieldType.time, config, values: values.map(([moment]) => moment * 1000) };
}

function numberField(name: string | undefined, values: (number | null)[]): Field {
  const config = name === undefined ? {} : { displayNameFromDS: name };
  return { name: "Value", type: FieldType.number, config, values };
}

/** `{{label}}` filled from a series' labels, as Prometheus' legends are. */
export function labelled(format: string, labels: Readonly<Record<string, string>>): string {
  return format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => labels[name] ?? "");
}

function numberOf(text: string): number | null {
  if (text === "NaN") return null;
  return text.endsWith("Inf") ? (text.startsWith("-") ? -Infinity : Infinity) : Number(text);
}

function numberOrZero(text: string | undefined): number {
  return text === undefined ? 0 : (numberOf(text) ?? 0);
}
