/** The series that a click on the legend hides. */
import { FieldType, getFieldDisplayName, type DataFrame, type Field } from "@grafana/data";
import { SeriesVisibilityChangeMode, type PanelContext } from "@grafana/ui";
import { useMemo, useState } from "react";
import { sharedCrosshair } from "../crosshair";
import { toggled } from "../toggled";

type SeriesNames = ReadonlySet<string>;

/** Return the frames with the hidden series marked, and the panel context that handles clicks on the legend. */
export function useLegendVisibility(frames: DataFrame[]): readonly [DataFrame[], PanelContext] {
  const [hidden, setHidden] = useState<SeriesNames>(new Set());
  const markedFrames = useMemo(() => markHidden(frames, hidden), [frames, hidden]);
  const context = useMemo(() => {
    const onToggleSeriesVisibility = (name: string | string[] | null, mode: SeriesVisibilityChangeMode): void => {
      if (typeof name === "string") setHidden((previous) => toggleSeries(previous, legendNames(frames), name, mode));
    };
    return { ...sharedCrosshair, onToggleSeriesVisibility };
  }, [frames]);
  return [markedFrames, context];
}

/**
 * Return the hidden series after a click on a legend item, as in Grafana: a click isolates the series, a second click
 * shows all; with Ctrl, Cmd or Shift a click hides or shows that series only.
 */
function toggleSeries(hidden: SeriesNames, all: SeriesNames, name: string, mode: SeriesVisibilityChangeMode): SeriesNames {
  const others = new Set([...all].filter((other) => other !== name));
  if (mode === SeriesVisibilityChangeMode.AppendToSelection) {
    return toggled(hidden, name);
  }
  const isolated = !hidden.has(name) && [...others].every((other) => hidden.has(other));
  return isolated ? new Set() : others;
}

function legendNames(frames: DataFrame[]): SeriesNames {
  const names = frames.flatMap((frame) => frame.fields.filter(isInLegend).map((field) => getFieldDisplayName(field, frame, frames)));
  return new Set(names);
}

/** As in Grafana, a hidden series stays in the legend, without a line and without a tooltip. */
function markHidden(frames: DataFrame[], hidden: SeriesNames): DataFrame[] {
  if (hidden.size === 0) return frames;
  const mark = (field: Field, frame: DataFrame): Field =>
    isInLegend(field) && hidden.has(getFieldDisplayName(field, frame, frames)) ? { ...field, config: hiddenConfig(field.config) } : field;
  return frames.map((frame) => ({ ...frame, fields: frame.fields.map((field) => mark(field, frame)) }));
}

const isInLegend = ({ type, config }: Field): boolean => type === FieldType.number && !config.custom?.hideFrom?.legend;

function hiddenConfig(config: Field["config"]): Field["config"] {
  return { ...config, custom: { ...config.custom, hideFrom: { legend: false, tooltip: true, viz: true } } };
}
