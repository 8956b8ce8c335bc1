/** What every kind of panel is given to draw with. */
import type { DataFrame, GrafanaTheme2, InterpolateFunction, TimeRange } from "@grafana/data";
import type { Span } from "../annotations";
import type { Panel } from "../dashboard";

/** Sizes in pixels; `frames` are dressed with the panel's field options. */
export interface Drawing {
  readonly panel: Panel;
  readonly frames: DataFrame[];
  readonly width: number;
  readonly height: number;
  readonly range: TimeRange;
  readonly spans: readonly Span[];
  readonly theme: GrafanaTheme2;
  readonly replace: InterpolateFunction;
  readonly onZoom: (span: { from: number; to: number }) => void;
}

/** The reader's words for "nothing", as the panel has them. */
export function nothing(panel: Panel): string {
  return panel.fieldConfig.defaults.noValue ?? "No data";
}
