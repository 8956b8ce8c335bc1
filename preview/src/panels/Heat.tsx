import { colorManipulator, FieldType, formattedValueToString, getValueFormat, type DataFrame, type Field } from "@grafana/data";
import { AxisPlacement, ScaleDirection, ScaleOrientation } from "@grafana/schema";
import { UPlotChart, UPlotConfigBuilder } from "@grafana/ui";
import { interpolateBlues } from "d3-scale-chromatic";
import { useMemo, type ReactElement } from "react";
import type uPlot from "uplot";
import type { Drawing } from "./drawing";

interface HeatOptions {
  readonly color: { readonly exponent: number; readonly steps: number };
  readonly cellGap: number;
  readonly yAxis: { readonly unit: string };
  readonly filterValues: { readonly le: number };
}

/** A heatmap after Grafana's own, which is no package: a column for each moment, a row for each bucket. */
export function Heat({ panel, frames, width, height, range, theme }: Drawing): ReactElement {
  const options = panel.options as HeatOptions;
  const config = useMemo(() => {
    const [time, ...rows] = (frames[0] as DataFrame).fields;
    return configOf(time as Field, rows, options, { range, theme });
  }, [frames, options, range, theme]);
  const time = (frames[0] as DataFrame).fields.find(({ type }) => type === FieldType.time) as Field;
  const data: uPlot.AlignedData = [time.values as number[], time.values.map(() => 0)];
  return <UPlotChart config={config} data={data} width={width} height={height} />;
}

type Setting = Pick<Drawing, "range" | "theme">;

function configOf(time: Field, rows: readonly Field[], options: HeatOptions, { range, theme }: Setting): UPlotConfigBuilder {
  const config = new UPlotConfigBuilder("browser");
  config.addScale({
    scaleKey: "x", isTime: true, orientation: ScaleOrientation.Horizontal, direction: ScaleDirection.Right,
    range: () => [range.from.valueOf(), range.to.valueOf()],
  });
  config.addScale({
    scaleKey: "y", orientation: ScaleOrientation.Vertical, direction: ScaleDirection.Up, range: () => [0, rows.length],
  });
  config.addAxis({ scaleKey: "x", isTime: true, placement: AxisPlacement.Bottom, timeZone: "browser", theme });
  config.addAxis({
    scaleKey: "y", placement: AxisPlacement.Left, theme, grid: { show: false },
    splits: () => rows.map((_, row) => row + 1),
    values: () => thinned(rows.map((row) => boundOf(row, options.yAxis.unit))),
  });
  config.addSeries({ scaleKey: "y", theme, pathBuilder: () => null, pointsBuilder: () => undefined });
  config.addHook("draw", (plot) => paint(plot, time, rows, options, theme.isDark));
  return config;
}

function boundOf(row: Field, unit: string): string {
  const bound = row.labels?.le ?? "";
  return Number.isFinite(Number(bound)) ? formattedValueToString(getValueFormat(unit)(Number(bound))) : bound.replace("+Inf", "∞");
}

/** Every second name where there are many rows, counted from the top. */
function thinned(names: readonly string[]): (string | null)[] {
  const every = Math.ceil(names.length / 9);
  return names.map((name, index) => ((names.length - 1 - index) % every === 0 ? name : null));
}

function paint(plot: uPlot, time: Field, rows: readonly Field[], options: HeatOptions, dark: boolean): void {
  const most = Math.max(0, ...rows.flatMap(({ values }) => values as number[]));
  const shade = shadeOf(most, options, dark);
  const times = time.values as number[];
  const gap = options.cellGap * window.devicePixelRatio;
  const step = time.config.interval ?? 0;
  rows.forEach(({ values }, row) => {
    const [bottom, top] = [plot.valToPos(row, "y", true), plot.valToPos(row + 1, "y", true)];
    times.forEach((at, column) => {
      const count = values[column] as number;
      if (count <= options.filterValues.le) return;
      const [left, right] = [plot.valToPos(at - step, "x", true), plot.valToPos(at, "x", true)];
      plot.ctx.fillStyle = shade(count);
      plot.ctx.fillRect(left, top, Math.max(1, right - left - gap), Math.max(1, bottom - top - gap));
    });
  });
}

/** Grafana turns this scheme round where the ground is dark, so that the most is what stands out. */
function shadeOf(most: number, { color }: HeatOptions, dark: boolean): (count: number) => string {
  return (count) => {
    const part = Math.round((count / most) ** color.exponent * color.steps) / color.steps;
    return colorManipulator.asHexString(interpolateBlues(dark ? 1 - part : part));
  };
}

