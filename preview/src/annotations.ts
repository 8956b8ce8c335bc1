/** Alert annotations: one region of time for each uninterrupted period in which an alert fired. */
import { useEffect, useState } from "react";
import type { AnnotationQuery } from "./dashboard";
import { formatLabels } from "./dataFrames";
import { interpolateQuery, type QueryContext } from "./interpolation";
import { queryRange, type Series } from "./prometheus";
import { stepSeconds } from "./timeRange";

/** Times in milliseconds since 1970; the color as Grafana names it. */
export interface AnnotationRegion {
  readonly from: number;
  readonly to: number;
  readonly color: string;
  readonly title: string;
  readonly text: string;
}

/** Return the annotations in the context; an empty list until Prometheus responds (the panels show its errors). */
export function useAnnotations(queries: readonly AnnotationQuery[], context: QueryContext | undefined): readonly AnnotationRegion[] {
  const [annotations, setAnnotations] = useState<readonly AnnotationRegion[]>([]);
  useEffect(() => {
    if (context === undefined) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    const enabled = queries.filter(({ enable, expr }) => enable && expr !== undefined);
    Promise.all(enabled.map((query) => queryAnnotations(query, context, signal))).then(
      (regions) => signal.aborted || setAnnotations(regions.flat()),
      () => signal.aborted || setAnnotations([]),
    );
    return () => controller.abort();
  }, [queries, context]);
  return annotations;
}

/** As in Grafana, as many points as the window has pixels, whatever the width of the graph. */
async function queryAnnotations(
  query: AnnotationQuery,
  context: QueryContext,
  signal: AbortSignal,
): Promise<readonly AnnotationRegion[]> {
  const step = Math.max(stepSeconds(context.timeRange, window.innerWidth), Number.parseInt(query.step ?? "0", 10));
  const expression = interpolateQuery(query.expr ?? "", context, step);
  const allSeries = await queryRange(expression, context.timeRange, step, signal);
  return allSeries.flatMap((series) => regionsOf(query, series, step));
}

function regionsOf({ iconColor, titleFormat, textFormat }: AnnotationQuery, series: Series, step: number): readonly AnnotationRegion[] {
  const title = formatLabels(titleFormat ?? "", series.metric);
  const text = formatLabels(textFormat ?? "", series.metric).replace(/\s+/g, " ").trim();
  return uninterruptedPeriods(series, step).map((period) => ({ ...period, color: iconColor, title, text }));
}

function uninterruptedPeriods({ values }: Series, step: number): readonly { from: number; to: number }[] {
  const periods: { from: number; to: number }[] = [];
  for (const [seconds] of values) {
    const last = periods.at(-1);
    if (last && seconds * 1000 - last.to <= step * 1000) last.to = seconds * 1000;
    else periods.push({ from: seconds * 1000, to: seconds * 1000 });
  }
  return periods;
}
