import { colorManipulator, FieldType, formattedValueToString, getValueFormat, type DataFrame, type Field } from "@grafana/data";
import { AxisPlacement, ScaleDirection, ScaleOrientation } from "@grafana/schema";
import { UPlotChart, UPlotConfigBuilder } from "@grafana/ui";
import { interpolateBlues } from "d3-scale-chromatic";
import { useMemo, type ReactElement } from "react";
import type uPlot from "uplot";
import type { PanelProps } from "./panelProps";

const MAX_LABELS = 9;

interface HeatmapOptions {
  readonly color: { readonly exponent: number; readonly steps: number };
  readonly cellGap: number;
  readonly yAxis: { readonly unit: string };
  readonly filterValues: { readonly le: number };
}

/** A heatmap like Grafana's own, which its packages do not export: a column per time, a row per histogram bucket. */
export function HeatmapPanel({ panel, frames, width, height, timeRange, theme }: PanelProps): ReactElement {
  const options = panel.options as HeatmapOptions;
  const config = useMemo(() => {
    const [time, ...buckets] = (frames[0] as DataFrame).fields;
    return plotConfig(time as Field, buckets, options, { timeRange, theme });
  }, [frames, options, timeRange, theme]);
  const time = (frames[0] as DataFrame).fields.find(({ type }) => type === FieldType.time) as Field;
  const data: uPlot.AlignedData = [time.values as number[], time.values.map(() => 0)];
  return <UPlotChart config={config} data={data} width={width} height={height} />;
}

type PlotProps = Pick<PanelProps, "timeRange" | "theme">;

function plotConfig(time: Field, buckets: readonly Field[], options: HeatmapOptions, { timeRange, theme }: PlotProps): UPlotConfigBuilder {
  const config = new UPlotConfigBuilder("browser");
  config.addScale({
    scaleKey: "x", isTime: true, orientation: ScaleOrientation.Horizontal, direction: ScaleDirection.Right,
    range: () => [timeRange.from.valueOf(), timeRange.to.valueOf()],
  });
  config.addScale({
    scaleKey: "y", orientation: ScaleOrientation.Vertical, direction: ScaleDirection.Up, range: () => [0, buckets.length],
  });
  config.addAxis({ scaleKey: "x", isTime: true, placement: AxisPlacement.Bottom, timeZone: "browser", theme });
  config.addAxis({
    scaleKey: "y", placement: AxisPlacement.Left, theme, grid: { show: false },
    splits: () => buckets.map((_, index) => index + 1),
    values: () => thinOut(buckets.map((bucket) => upperBound(bucket, options.yAxis.unit))),
  });
  config.addSeries({ scaleKey: "y", theme, pathBuilder: () => null, pointsBuilder: () => undefined });
  config.addHook("draw", (plot) => drawCells(plot, time, buckets, options, theme.isDark));
  return config;
}

function upperBound(bucket: Field, unit: string): string {
  const bound = bucket.labels?.le ?? "";
  return Number.isFinite(Number(bound)) ? formattedValueToString(getValueFormat(unit)(Number(bound))) : bound.replace("+Inf", "∞");
}

/** Keep every nth label so that at most nine remain, the last one among them. */
function thinOut(labels: readonly string[]): (string | null)[] {
  const interval = Math.ceil(labels.length / MAX_LABELS);
  return labels.map((label, index) => ((labels.length - 1 - index) % interval === 0 ? label : null));
}

function drawCells(plot: uPlot, time: Field, buckets: readonly Field[], options: HeatmapOptions, isDark: boolean): void {
  const maxCount = Math.max(0, ...buckets.flatMap(({ values }) => values as number[]));
  const colorOf = colorScale(maxCount, options, isDark);
  const times = time.values as number[];
  const gap = options.cellGap * window.devicePixelRatio;
  const step = time.config.interval ?? 0;
  buckets.forEach(({ values }, row) => {
    const [bottom, top] = [plot.valToPos(row, "y", true), plot.valToPos(row + 1, "y", true)];
    times.forEach((end, column) => {
      const count = values[column] as number;
      if (count <= options.filterValues.le) return;
      const [left, right] = [plot.valToPos(end - step, "x", true), plot.valToPos(end, "x", true)];
      plot.ctx.fillStyle = colorOf(count);
      plot.ctx.fillRect(left, top, Math.max(1, right - left - gap), Math.max(1, bottom - top - gap));
    });
  });
}

/** Grafana reverses the color scheme in the dark theme, so that the highest count has the strongest contrast. */
function colorScale(maxCount: number, { color }: HeatmapOptions, isDark: boolean): (count: number) => string {
  return (count) => {
    const fraction = Math.round((count / maxCount) ** color.exponent * color.steps) / color.steps;
    return colorManipulator.asHexString(interpolateBlues(isDark ? 1 - fraction : fraction));
  };
}
