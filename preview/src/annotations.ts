/** Alerts that fire, as spans on the graphs: one for each alert's series and stretch of time without a gap. */
import { useEffect, useState } from "react";
import { scopeWith, type Situation } from "./asking";
import { filled } from "./choices";
import type { Annotation } from "./dashboard";
import { labelled } from "./frames";
import { over, type Series } from "./prometheus";
import { stepSeconds } from "./time";

/** Milliseconds since 1970; the colour by Grafana's name for it. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly color: string;
  readonly title: string;
  readonly text: string;
}

/** Grafana asks for annotations in a hundred points, whatever a graph's width: 6 hours in steps of 5 minutes. */
const POINTS = 100;

/** The spans of a situation; none while Prometheus has not answered (the panels say it when it does not). */
export function useSpans(annotations: readonly Annotation[], situation: Situation | undefined): readonly Span[] {
  const [spans, setSpans] = useState<readonly Span[]>([]);
  useEffect(() => {
    if (situation === undefined) return undefined;
    const stop = new AbortController();
    const wanted = annotations.filter(({ enable, expr }) => enable && expr !== undefined);
    Promise.all(wanted.map((one) => asked(one, situation, stop.signal))).then(
      (all) => stop.signal.aborted || setSpans(all.flat()),
      () => stop.signal.aborted || setSpans([]),
    );
    return () => stop.abort();
  }, [annotations, situation]);
  return spans;
}

async function asked(annotation: Annotation, situation: Situation, stop: AbortSignal): Promise<readonly Span[]> {
  const step = Math.max(stepSeconds(situation.range, POINTS), Number.parseInt(annotation.step ?? "0", 10));
  const query = filled(annotation.expr ?? "", scopeWith(situation, step));
  const series = await over(query, situation.range, step, stop);
  return series.flatMap((one) => stretches(one, step).map((stretch) => named(annotation, one, stretch)));
}

function named(annotation: Annotation, { metric }: Series, { from, to }: { from: number; to: number }): Span {
  const [title, text] = [annotation.titleFormat, annotation.textFormat].map((format) => labelled(format ?? "", metric));
  return { from, to, color: annotation.iconColor, title: title ?? "", text: (text ?? "").replace(/\s+/g, " ").trim() };
}

function stretches({ values }: Series, step: number): readonly { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const [seconds] of values) {
    const last = found.at(-1);
    if (last && seconds * 1000 - last.to <= step * 1000) last.to = seconds * 1000;
    else found.push({ from: seconds * 1000, to: seconds * 1000 });
  }
  return found;
}
