/** Which series of a graph the reader has hidden by its legend. */
import { FieldType, getFieldDisplayName, type DataFrame, type Field } from "@grafana/data";
import { SeriesVisibilityChangeMode } from "@grafana/ui";

export type Names = ReadonlySet<string>;

/**
 * What is hidden after a legend's entry was clicked, as in Grafana: a click leaves that series alone, a second one
 * brings all back; with Ctrl, Cmd or Shift it hides or shows that one.
 */
export function hiddenAfter(hidden: Names, listed: Names, name: string, mode: SeriesVisibilityChangeMode): Names {
  const others = new Set([...listed].filter((one) => one !== name));
  if (mode === SeriesVisibilityChangeMode.AppendToSelection) {
    return hidden.has(name) ? new Set([...hidden].filter((one) => one !== name)) : new Set([...hidden, name]);
  }
  const alone = !hidden.has(name) && [...others].every((one) => hidden.has(one));
  return alone ? new Set() : others;
}

/** The names of the series that the legend lists. */
export function listedIn(frames: DataFrame[]): Names {
  const names = frames.flatMap((frame) => frame.fields.filter(isListed).map((field) => nameOf(field, frame, frames)));
  return new Set(names);
}

/** The frames with the hidden series marked as Grafana marks them: neither drawn nor pointed at, and still listed. */
export function without(frames: DataFrame[], hidden: Names): DataFrame[] {
  if (hidden.size === 0) return frames;
  const marked = (field: Field, frame: DataFrame): Field =>
    isListed(field) && hidden.has(nameOf(field, frame, frames)) ? { ...field, config: unseen(field.config) } : field;
  return frames.map((frame) => ({ ...frame, fields: frame.fields.map((field) => marked(field, frame)) }));
}

const nameOf = (field: Field, frame: DataFrame, frames: DataFrame[]): string => getFieldDisplayName(field, frame, frames);

const isListed = ({ type, config }: Field): boolean => type === FieldType.number && !config.custom?.hideFrom?.legend;

function unseen(config: Field["config"]): Field["config"] {
  return { ...config, custom: { ...config.custom, hideFrom: { legend: false, tooltip: true, viz: true } } };
}
