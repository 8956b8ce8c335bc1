/** The properties of every panel component, and the reduction of frames to single values. */
import {
  getFieldDisplayValues,
  type DataFrame,
  type FieldDisplay,
  type GrafanaTheme2,
  type InterpolateFunction,
  type ReduceDataOptions,
  type TimeRange,
} from "@grafana/data";
import type { AnnotationRegion } from "../annotations";
import type { Panel } from "../dashboard";

/** Sizes in pixels; the panel's field configuration is applied to `frames`. */
export interface PanelProps {
  readonly panel: Panel;
  readonly frames: DataFrame[];
  readonly width: number;
  readonly height: number;
  readonly timeRange: TimeRange;
  readonly annotations: readonly AnnotationRegion[];
  readonly theme: GrafanaTheme2;
  readonly interpolate: InterpolateFunction;
  readonly onZoom: (timeRange: { from: number; to: number }) => void;
}

/** The options of the panels that reduce each series to one value: stat, gauge and bar gauge. */
export interface ReducingOptions {
  readonly reduceOptions: ReduceDataOptions;
}

/** Return one value per field, reduced as in Grafana; the panel's `noValue` text if there is no data. */
export function reduceFields(props: PanelProps, { reduceOptions }: ReducingOptions, sparkline: boolean): FieldDisplay[] {
  const { panel, frames, theme, interpolate, timeRange } = props;
  const values = getFieldDisplayValues({
    data: frames, fieldConfig: panel.fieldConfig, reduceOptions, replaceVariables: interpolate, sparkline, theme, timeZone: "browser",
  });
  return values.map((value) => (value.sparkline ? { ...value, sparkline: { ...value.sparkline, timeRange } } : value));
}
