/** A panel's queries and the data that they return. */
import type { DataFrame } from "@grafana/data";
import { useEffect, useState } from "react";
import type { Panel, Target } from "./dashboard";
import { toDataFrames, transformFrames } from "./dataFrames";
import { interpolateQuery, type QueryContext } from "./interpolation";
import { queryInstant, queryRange } from "./prometheus";
import { parseMinStep, stepSeconds } from "./timeRange";

export type PanelData =
  | { readonly state: "loading"; readonly frames: DataFrame[] }
  | { readonly state: "loaded"; readonly frames: DataFrame[] }
  | { readonly state: "failed"; readonly message: string };

/** Return the panel's data; while new data is loading, the previous frames. `width` in pixels. */
export function usePanelData(panel: Panel, context: QueryContext | undefined, width: number): PanelData {
  const [data, setData] = useState<PanelData>({ state: "loading", frames: [] });
  useEffect(() => {
    if (context === undefined || width === 0) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    setData((previous) => ({ state: "loading", frames: previous.state === "failed" ? [] : previous.frames }));
    queryPanel(panel, context, width, signal).then(
      (frames) => signal.aborted || setData({ state: "loaded", frames }),
      (error: unknown) => signal.aborted || setData({ state: "failed", message: error instanceof Error ? error.message : String(error) }),
    );
    return () => controller.abort();
  }, [panel, context, width]);
  return data;
}

/** Return the PromQL of the panel's queries, as it is sent to Prometheus. Throws for an unknown variable or format. */
export function panelQueries({ targets }: Panel, context: QueryContext, width: number): readonly string[] {
  return (targets ?? []).map((target) => preparedQuery(target, context, width).query);
}

function preparedQuery(target: Target, context: QueryContext, width: number): { readonly query: string; readonly step: number } {
  const minStep = parseMinStep(target.interval);
  const step = stepSeconds(context.timeRange, width, minStep);
  return { query: interpolateQuery(target.expr, context, step, minStep), step };
}

async function queryPanel(panel: Panel, context: QueryContext, width: number, signal: AbortSignal): Promise<DataFrame[]> {
  const { timeRange } = context;
  const queryTarget = async (target: Target): Promise<DataFrame[]> => {
    const { query, step } = preparedQuery(target, context, width);
    const series = target.instant ? await queryInstant(query, timeRange, signal) : await queryRange(query, timeRange, step, signal);
    return toDataFrames(target, series, step);
  };
  const frames = await Promise.all((panel.targets ?? []).map(queryTarget));
  return transformFrames(panel, frames.flat());
}
