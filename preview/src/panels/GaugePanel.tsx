import { formattedValueToString, getActiveThreshold, type FieldConfig, type GrafanaTheme2 } from "@grafana/data";
import type { ReactElement } from "react";
import { reduceFields, type PanelProps, type ReducingOptions } from "./panelProps";

const START_DEGREES = -198;
const ARC_DEGREES = 216;
/** Sizes as measured in Grafana 12, in a panel whose content has the size of the view box. */
const VIEW_BOX = { width: 186, height: 132 };
const CENTER = { x: 93, y: 96 };
const ARC = { radius: 71, width: 25 };
const THRESHOLDS = { radius: 86.5, width: 4 };

/** A gauge like Grafana's own, which its packages do not export: an arc, thresholds around it, the value in its center. */
export function GaugePanel(props: PanelProps): ReactElement {
  const { width, height, theme } = props;
  const [value] = reduceFields(props, props.panel.options as ReducingOptions, false);
  if (value === undefined) throw new Error("a gauge needs a value");
  const { display, field } = value;
  const text = formattedValueToString(display);
  const color = display.color ?? theme.colors.text.primary;
  return (
    <svg className="gauge" width={width} height={height} viewBox={`0 0 ${VIEW_BOX.width} ${VIEW_BOX.height}`} role="img">
      <path d={arcPath(0, 1, ARC.radius)} stroke={theme.colors.background.secondary} strokeWidth={ARC.width} fill="none" />
      <path d={arcPath(0, fractionOf(display.numeric, field), ARC.radius)} stroke={color} strokeWidth={ARC.width} fill="none" />
      {thresholdArcs(field, theme)}
      <text x={CENTER.x} y={CENTER.y + 19} textAnchor="middle" fontSize={fontSize(text)} fill={color}>
        {text}
      </text>
    </svg>
  );
}

function thresholdArcs(field: FieldConfig, theme: GrafanaTheme2): ReactElement[] {
  const steps = field.thresholds?.steps ?? [];
  return steps.map((step, index) => {
    const next = steps[index + 1];
    const [from, to] = [fractionOf(step.value, field), next === undefined ? 1 : fractionOf(next.value, field)];
    const color = theme.visualization.getColorByName(getActiveThreshold(step.value, steps).color);
    return <path key={step.value} d={arcPath(from, to, THRESHOLDS.radius)} stroke={color} strokeWidth={THRESHOLDS.width} fill="none" />;
  });
}

const fontSize = (text: string): number => Math.min(29, 150 / Math.max(text.length, 1));

/** Return where a value lies between the field's minimum and maximum, from 0 to 1. */
function fractionOf(value: number, { min, max }: FieldConfig): number {
  const [low, high] = [min ?? 0, max ?? 100];
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

function arcPath(from: number, to: number, radius: number): string {
  const point = (fraction: number): string => {
    const radians = ((START_DEGREES + ARC_DEGREES * fraction) * Math.PI) / 180;
    return `${CENTER.x + radius * Math.cos(radians)} ${CENTER.y + radius * Math.sin(radians)}`;
  };
  const largeArc = (to - from) * ARC_DEGREES > 180 ? 1 : 0;
  return to <= from ? "" : `M ${point(from)} A ${radius} ${radius} 0 ${largeArc} 1 ${point(to)}`;
}
