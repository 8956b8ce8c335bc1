import { getFieldDisplayValues, type FieldDisplay, type ReduceDataOptions } from "@grafana/data";
import type { Drawing } from "./drawing";

export interface Reduced {
  readonly reduceOptions: ReduceDataOptions;
}

/** One value for each field, as Grafana's stat, gauge and bar gauge reduce it; the panel's word for nothing where there is none. */
export function reduced({ panel, frames, theme, replace, range }: Drawing, options: Reduced, sparkline: boolean): FieldDisplay[] {
  const { fieldConfig } = panel;
  const { reduceOptions } = options;
  const found = getFieldDisplayValues({
    data: frames, fieldConfig, reduceOptions, replaceVariables: replace, sparkline, theme, timeZone: "browser",
  });
  return found.map((one) => (one.sparkline ? { ...one, sparkline: { ...one.sparkline, timeRange: range } } : one));
}
