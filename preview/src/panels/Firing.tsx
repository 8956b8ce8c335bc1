import { colorManipulator, type DataFrame, FieldType, type GrafanaTheme2 } from "@grafana/data";
import { EventsCanvas, Tooltip, type UPlotConfigBuilder } from "@grafana/ui";
import { useCallback, useLayoutEffect, useMemo, useState, type ReactElement } from "react";
import type uPlot from "uplot";
import type { Span } from "../annotations";

interface FiringProps {
  readonly config: UPlotConfigBuilder;
  readonly spans: readonly Span[];
  readonly theme: GrafanaTheme2;
}

/** The alerts that fired: tinted as Grafana tints it, dashed at both ends, with a mark below that tells their names. */
export function Firing({ config, spans, theme }: FiringProps): ReactElement {
  const [plot, setPlot] = useState<uPlot>();
  useLayoutEffect(() => {
    // The canvas misses a first drawing that is done before it is mounted: it is told of the plot once that is there.
    config.addHook("ready", setPlot);
    config.addHook("draw", (drawn) => tint(drawn, spans, theme));
  }, [config, spans, theme]);
  const beginnings = useMemo(() => framed(spans), [spans]);
  const mark = useCallback(
    (_: DataFrame, row: number) => <Mark span={spans[row] as Span} width={widthOf(plot, spans[row] as Span)} theme={theme} />,
    [plot, spans, theme],
  );
  const place = useCallback((_: DataFrame, row: number) => placed(plot, spans[row]), [plot, spans]);
  return (
    <EventsCanvas id="firing" config={config} events={beginnings} renderEventMarker={mark} mapEventToXYCoords={place} />
  );
}

function framed(spans: readonly Span[]): DataFrame[] {
  const values = spans.map(({ from }) => from);
  return [{ fields: [{ name: "time", type: FieldType.time, config: {}, values }], length: values.length }];
}

function placed(plot: uPlot | undefined, span: Span | undefined): { x: number; y: number } | undefined {
  if (plot === undefined || span === undefined) return undefined;
  return { x: within(plot, span.from), y: plot.bbox.height / window.devicePixelRatio };
}

function widthOf(plot: uPlot | undefined, { from, to }: Span): number {
  return plot === undefined ? 0 : within(plot, to) - within(plot, from);
}

/** Where a time lies, in pixels from the graph's left edge; a time outside is at the nearer edge. */
function within(plot: uPlot, at: number): number {
  return Math.max(0, Math.min(plot.valToPos(at, "x"), plot.bbox.width / window.devicePixelRatio));
}

function Mark({ span, width, theme }: { span: Span; width: number; theme: GrafanaTheme2 }): ReactElement {
  const words = `${span.title} ${span.text}`;
  const backgroundColor = theme.visualization.getColorByName(span.color);
  return (
    <Tooltip content={words}>
      <div className="firing-mark" style={{ backgroundColor, width: Math.max(width, 5) }} aria-label={words} />
    </Tooltip>
  );
}

function tint(plot: uPlot, spans: readonly Span[], theme: GrafanaTheme2): void {
  const { left, top, width, height } = plot.bbox;
  plot.ctx.save();
  plot.ctx.beginPath();
  plot.ctx.rect(left, top, width, height);
  plot.ctx.clip();
  for (const { from, to, color } of spans) {
    const [start, end] = [plot.valToPos(from, "x", true), plot.valToPos(to, "x", true)];
    const shade = theme.visualization.getColorByName(color);
    plot.ctx.fillStyle = colorManipulator.alpha(shade, 0.1);
    plot.ctx.fillRect(start, top, end - start, height);
    plot.ctx.strokeStyle = shade;
    plot.ctx.setLineDash([5, 5]);
    plot.ctx.beginPath();
    for (const edge of [start, end]) {
      plot.ctx.moveTo(edge, top);
      plot.ctx.lineTo(edge, top + height);
    }
    plot.ctx.stroke();
  }
  plot.ctx.restore();
}
