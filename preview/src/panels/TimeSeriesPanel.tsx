import type { DataFrame } from "@grafana/data";
import type { VizLegendOptions } from "@grafana/schema";
import { PanelContextProvider, TimeSeries, TooltipPlugin, ZoomPlugin, type UPlotConfigBuilder, type VizTooltipOptions } from "@grafana/ui";
import type { ReactElement } from "react";
import { AlertAnnotations } from "./AlertAnnotations";
import { useLegendVisibility } from "./legendVisibility";
import type { PanelProps } from "./panelProps";

/** Grafana's time series: lines, areas, stacks and dashed thresholds, with the alert annotations. */
export function TimeSeriesPanel({ panel, frames, width, height, timeRange, annotations, theme, onZoom }: PanelProps): ReactElement {
  const { legend, tooltip } = panel.options as { legend: VizLegendOptions; tooltip: VizTooltipOptions };
  const [visible, context] = useLegendVisibility(frames);
  const plugins = (config: UPlotConfigBuilder, data: DataFrame): ReactElement => (
    <>
      <TooltipPlugin config={config} data={data} frames={visible} mode={tooltip.mode} sortOrder={tooltip.sort} timeZone="browser" />
      <ZoomPlugin config={config} onZoom={onZoom} />
      <AlertAnnotations config={config} annotations={annotations} theme={theme} />
    </>
  );
  return (
    <PanelContextProvider value={context}>
      <TimeSeries
        frames={visible} width={width} height={height} timeRange={timeRange} timeZone="browser" legend={legend} options={{ annotations }}
      >
        {plugins}
      </TimeSeries>
    </PanelContextProvider>
  );
}
