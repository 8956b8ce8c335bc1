import { colorManipulator, FieldType, formattedValueToString, getValueFormat, type DataFrame, type Field } from "@grafana/data";
import { AxisPlacement, ScaleDirection, ScaleOrientation } from "@grafana/schema";
import { UPlotChart, UPlotConfigBuilder } from "@grafana/ui";
import { interpolateBlues } from "d3-scale-chromatic";
import { useMemo, type ReactElement } from "react";
import type uPlot from "uplot";
import { AlertAnnotations } from "./AlertAnnotations";
import type { PanelProps } from "./panelProps";

const MIN_LABEL_DISTANCE = 12;
/** Height of the scale of colors below the plot, in pixels. */
const LEGEND_HEIGHT = 47;

interface HeatmapOptions {
  readonly color: { readonly exponent: number; readonly steps: number };
  readonly cellGap: number;
  readonly yAxis: { readonly unit: string };
  readonly filterValues: { readonly le: number };
  readonly legend: { readonly show: boolean };
}

/** Returns the color of a count. */
type ColorScale = (count: number) => string;

/** A heatmap like Grafana's own, which its packages do not export: a column per time, a row per histogram bucket. */
export function HeatmapPanel({ panel, frames, width, height, timeRange, annotations, theme }: PanelProps): ReactElement {
  const options = panel.options as HeatmapOptions;
  const [config, counts, colorOf] = useMemo(() => {
    // Only a new configuration is drawn with the annotations, which are loaded after the counts.
    void annotations;
    const [time, ...buckets] = (frames[0] as DataFrame).fields;
    const shown = buckets.flatMap(({ values }) => values as number[]).filter((count) => count > options.filterValues.le);
    const scale = colorScale(Math.max(0, ...shown), options, theme.isDark);
    return [plotConfig(time as Field, buckets, options, scale, { timeRange, theme }), shown, scale] as const;
  }, [frames, options, timeRange, theme, annotations]);
  const time = (frames[0] as DataFrame).fields.find(({ type }) => type === FieldType.time) as Field;
  const data: uPlot.AlignedData = [time.values as number[], time.values.map(() => 0)];
  return (
    <>
      <UPlotChart config={config} data={data} width={width} height={options.legend.show ? height - LEGEND_HEIGHT : height}>
        <AlertAnnotations config={config} annotations={annotations} theme={theme} />
      </UPlotChart>
      {options.legend.show && counts.length > 0 && <ColorLegend counts={counts} colorOf={colorOf} />}
    </>
  );
}

/** The colors from the lowest to the highest count, with both numbers. */
function ColorLegend({ counts, colorOf }: { counts: readonly number[]; colorOf: ColorScale }): ReactElement {
  const [min, max] = [Math.min(...counts), Math.max(...counts)];
  const colors = Array.from({ length: 11 }, (_, index) => colorOf(min + ((max - min) * index) / 10));
  const text = (count: number): string => formattedValueToString(getValueFormat("short")(count));
  return (
    <div className="color-legend">
      <div style={{ backgroundImage: `linear-gradient(to right, ${colors.join(", ")})` }} />
      <span>{text(min)}</span>
      <span>{text(max)}</span>
    </div>
  );
}

type PlotProps = Pick<PanelProps, "timeRange" | "theme">;

function plotConfig(
  time: Field, buckets: readonly Field[], options: HeatmapOptions, colorOf: ColorScale, { timeRange, theme }: PlotProps,
): UPlotConfigBuilder {
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
    scaleKey: "y", placement: AxisPlacement.Left, theme,
    splits: (plot) => everyNth([0, ...buckets.map((_, index) => index + 1)], plot.bbox.height / window.devicePixelRatio),
    values: (_, splits) => splits.map((split) => bound(buckets[split - 1], options.yAxis.unit)),
  });
  config.addSeries({ scaleKey: "y", theme, pathBuilder: () => null, pointsBuilder: () => undefined });
  config.addHook("draw", (plot) => drawCells(plot, time, buckets, options, colorOf));
  return config;
}

/** Return a bucket's upper bound; 0 without a bucket, below the first one. */
function bound(bucket: Field | undefined, unit: string): string {
  const text = bucket === undefined ? "0" : (bucket.labels?.le ?? "");
  return Number.isFinite(Number(text)) ? formattedValueToString(getValueFormat(unit)(Number(text))) : text;
}

/** Keep every nth of the lines in a height of pixels, so that their labels do not overlap; the last one is kept. */
function everyNth(lines: readonly number[], height: number): number[] {
  const interval = Math.ceil(((lines.length - 1) * MIN_LABEL_DISTANCE) / Math.max(height, 1));
  return lines.filter((_, index) => (lines.length - 1 - index) % Math.max(interval, 1) === 0);
}

function drawCells(plot: uPlot, time: Field, buckets: readonly Field[], options: HeatmapOptions, colorOf: ColorScale): void {
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
function colorScale(maxCount: number, { color }: HeatmapOptions, isDark: boolean): ColorScale {
  return (count) => {
    const fraction = Math.round((count / maxCount) ** color.exponent * color.steps) / color.steps;
    return colorManipulator.asHexString(interpolateBlues(isDark ? 1 - fraction : fraction));
  };
}
