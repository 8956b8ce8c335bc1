import { formattedValueToString, getActiveThreshold, type FieldConfig, type GrafanaTheme2, type ThresholdsConfig } from "@grafana/data";
import type { ReactElement } from "react";
import type { Drawing } from "./drawing";
import { reduced, type Reduced } from "./reduced";

const BEGIN = -210;
const SWEEP = 240;
const MIDDLE = { x: 100, y: 95 };

/** A gauge after Grafana's own, which its packages do not export: an arc, the thresholds around it, the value in it. */
export function Gauge(drawing: Drawing): ReactElement {
  const [value] = reduced(drawing, drawing.panel.options as Reduced, false);
  if (value === undefined) throw new Error("a gauge needs a value");
  const { display, field } = value;
  const part = partOf(display.numeric, field);
  const color = display.color ?? drawing.theme.colors.text.primary;
  return (
    <svg className="gauge" width={drawing.width} height={drawing.height} viewBox="0 0 200 160" role="img">
      <path d={arc(0, 1, 72)} stroke={drawing.theme.colors.background.secondary} strokeWidth={22} fill="none" />
      <path d={arc(0, part, 72)} stroke={color} strokeWidth={22} fill="none" />
      {marks(field, field.thresholds, drawing.theme)}
      <text x={MIDDLE.x} y={MIDDLE.y + 12} textAnchor="middle" fontSize={sizeFor(formattedValueToString(display))} fill={color}>
        {formattedValueToString(display)}
      </text>
    </svg>
  );
}

function marks(field: FieldConfig, thresholds: ThresholdsConfig | undefined, theme: GrafanaTheme2): ReactElement[] {
  const steps = thresholds?.steps ?? [];
  return steps.map((step, index) => {
    const next = steps[index + 1];
    const [from, to] = [partOf(step.value, field), next === undefined ? 1 : partOf(next.value, field)];
    const color = theme.visualization.getColorByName(getActiveThreshold(step.value, steps).color);
    return <path key={step.value} d={arc(from, to, 87)} stroke={color} strokeWidth={4} fill="none" />;
  });
}

const sizeFor = (text: string): number => Math.min(38, 200 / Math.max(text.length, 1));

function partOf(value: number, { min, max }: FieldConfig): number {
  const [low, high] = [min ?? 0, max ?? 100];
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

function arc(from: number, to: number, radius: number): string {
  const point = (part: number): string => {
    const angle = ((BEGIN + SWEEP * part) * Math.PI) / 180;
    return `${MIDDLE.x + radius * Math.cos(angle)} ${MIDDLE.y + radius * Math.sin(angle)}`;
  };
  const large = (to - from) * SWEEP > 180 ? 1 : 0;
  return to <= from ? "" : `M ${point(from)} A ${radius} ${radius} 0 ${large} 1 ${point(to)}`;
}
