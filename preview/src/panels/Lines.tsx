import type { VizLegendOptions } from "@grafana/schema";
import {
  PanelContextProvider, TimeSeries, TooltipPlugin, ZoomPlugin,
  type SeriesVisibilityChangeMode, type UPlotConfigBuilder, type VizTooltipOptions,
} from "@grafana/ui";
import type { DataFrame } from "@grafana/data";
import { useMemo, useState, type ReactElement } from "react";
import { hiddenAfter, listedIn, without, type Names } from "../hiding";
import { pointing } from "../pointing";
import type { Drawing } from "./drawing";
import { Firing } from "./Firing";

/** Grafana's time series: lines, areas, stacks and dashed thresholds, with the alerts that fired marked under them. */
export function Lines({ panel, frames, width, height, range, spans, theme, onZoom }: Drawing): ReactElement {
  const { legend, tooltip } = panel.options as { legend: VizLegendOptions; tooltip: VizTooltipOptions };
  const [seen, context] = useHiding(frames);
  const inside = (config: UPlotConfigBuilder, data: DataFrame): ReactElement => (
    <>
      <TooltipPlugin config={config} data={data} frames={seen} mode={tooltip.mode} sortOrder={tooltip.sort} timeZone="browser" />
      <ZoomPlugin config={config} onZoom={onZoom} />
      <Firing config={config} spans={spans} theme={theme} />
    </>
  );
  return (
    <PanelContextProvider value={context}>
      <TimeSeries frames={seen} width={width} height={height} timeRange={range} timeZone="browser" legend={legend} options={{ spans }}>
        {inside}
      </TimeSeries>
    </PanelContextProvider>
  );
}

/** The frames without what the reader hid, and what hears the legend's clicks. */
function useHiding(frames: DataFrame[]) {
  const [hidden, setHidden] = useState<Names>(new Set());
  const seen = useMemo(() => without(frames, hidden), [frames, hidden]);
  const context = useMemo(() => {
    const onToggleSeriesVisibility = (name: string | string[] | null, mode: SeriesVisibilityChangeMode): void => {
      if (typeof name === "string") setHidden((before) => hiddenAfter(before, listedIn(frames), name, mode));
    };
    return { ...pointing, onToggleSeriesVisibility };
  }, [frames]);
  return [seen, context] as const;
}
