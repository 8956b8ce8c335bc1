import type { VizLegendOptions } from "@grafana/schema";
import { TimeSeries, TooltipPlugin, ZoomPlugin, type UPlotConfigBuilder, type VizTooltipOptions } from "@grafana/ui";
import type { DataFrame } from "@grafana/data";
import type { ReactElement } from "react";
import type { Drawing } from "./drawing";
import { Firing } from "./Firing";

/** Grafana's time series: lines, areas, stacks and dashed thresholds, with the alerts that fired marked under them. */
export function Lines({ panel, frames, width, height, range, spans, theme, onZoom }: Drawing): ReactElement {
  const { legend, tooltip } = panel.options as { legend: VizLegendOptions; tooltip: VizTooltipOptions };
  const inside = (config: UPlotConfigBuilder, data: DataFrame): ReactElement => (
    <>
      <TooltipPlugin
        config={config} data={data} frames={frames} mode={tooltip.mode} sortOrder={tooltip.sort} timeZone="browser"
      />
      <ZoomPlugin config={config} onZoom={onZoom} />
      <Firing config={config} spans={spans} theme={theme} />
    </>
  );
  return (
    <TimeSeries frames={frames} width={width} height={height} timeRange={range} timeZone="browser" legend={legend} options={{ spans }}>
      {inside}
    </TimeSeries>
  );
}
