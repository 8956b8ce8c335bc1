import { colorManipulator, FieldType, type DataFrame, type GrafanaTheme2 } from "@grafana/data";
import { EventsCanvas, Tooltip, type UPlotConfigBuilder } from "@grafana/ui";
import { useCallback, useLayoutEffect, useMemo, useState, type ReactElement } from "react";
import type uPlot from "uplot";
import type { AnnotationRegion } from "../annotations";

interface AlertAnnotationsProps {
  readonly config: UPlotConfigBuilder;
  readonly annotations: readonly AnnotationRegion[];
  readonly theme: GrafanaTheme2;
}

/**
 * Alert annotations as Grafana shows them: a tinted region with dashed edges and a bar below, or a dashed line with a
 * triangle below for a single moment; the pointer over the bar or the triangle shows the alert's name.
 */
export function AlertAnnotations({ config, annotations, theme }: AlertAnnotationsProps): ReactElement {
  const [plot, setPlot] = useState<uPlot>();
  useLayoutEffect(() => {
    // The first draw can precede the mount of EventsCanvas, so the markers are rendered again once the plot is ready.
    config.addHook("ready", setPlot);
    config.addHook("draw", (drawnPlot) => tintRegions(drawnPlot, annotations, theme));
  }, [config, annotations, theme]);
  const events = useMemo(() => eventFrames(annotations), [annotations]);
  const renderMarker = useCallback(
    (_: DataFrame, index: number) => {
      const annotation = annotations[index] as AnnotationRegion;
      return <Marker annotation={annotation} width={markerWidth(plot, annotation)} theme={theme} />;
    },
    [plot, annotations, theme],
  );
  const coordinates = useCallback((_: DataFrame, index: number) => markerCoordinates(plot, annotations[index]), [plot, annotations]);
  return <EventsCanvas id="alerts" config={config} events={events} renderEventMarker={renderMarker} mapEventToXYCoords={coordinates} />;
}

function eventFrames(annotations: readonly AnnotationRegion[]): DataFrame[] {
  const values = annotations.map(({ from }) => from);
  return [{ fields: [{ name: "time", type: FieldType.time, config: {}, values }], length: values.length }];
}

function markerCoordinates(plot: uPlot | undefined, annotation: AnnotationRegion | undefined): { x: number; y: number } | undefined {
  if (plot === undefined || annotation === undefined) return undefined;
  return { x: clampedX(plot, annotation.from), y: plot.bbox.height / window.devicePixelRatio };
}

function markerWidth(plot: uPlot | undefined, { from, to }: AnnotationRegion): number {
  return plot === undefined ? 0 : clampedX(plot, to) - clampedX(plot, from);
}

/** Return the x position of a time in pixels; a time outside the graph is at the nearer edge. */
function clampedX(plot: uPlot, time: number): number {
  return Math.max(0, Math.min(plot.valToPos(time, "x"), plot.bbox.width / window.devicePixelRatio));
}

function Marker({ annotation, width, theme }: { annotation: AnnotationRegion; width: number; theme: GrafanaTheme2 }): ReactElement {
  const label = `${annotation.title} ${annotation.text}`;
  const color = theme.visualization.getColorByName(annotation.color);
  const isMoment = annotation.from === annotation.to;
  return (
    <Tooltip content={label}>
      <div
        className={isMoment ? "annotation-marker moment" : "annotation-marker"}
        style={isMoment ? { borderBottomColor: color } : { backgroundColor: color, width: Math.max(width, 5) }} aria-label={label}
      />
    </Tooltip>
  );
}

function tintRegions(plot: uPlot, annotations: readonly AnnotationRegion[], theme: GrafanaTheme2): void {
  const { left, top, width, height } = plot.bbox;
  plot.ctx.save();
  plot.ctx.beginPath();
  plot.ctx.rect(left, top, width, height);
  plot.ctx.clip();
  for (const { from, to, color } of annotations) {
    const [start, end] = [plot.valToPos(from, "x", true), plot.valToPos(to, "x", true)];
    const themeColor = theme.visualization.getColorByName(color);
    plot.ctx.fillStyle = colorManipulator.alpha(themeColor, 0.1);
    plot.ctx.fillRect(start, top, end - start, height);
    plot.ctx.strokeStyle = themeColor;
    plot.ctx.setLineDash([5 * window.devicePixelRatio, 5 * window.devicePixelRatio]);
    plot.ctx.beginPath();
    plot.ctx.lineWidth = 2 * window.devicePixelRatio;
    for (const edge of from === to ? [start] : [start, end]) {
      plot.ctx.moveTo(edge, top);
      plot.ctx.lineTo(edge, top + height);
    }
    plot.ctx.stroke();
  }
  plot.ctx.restore();
}
