import { getDisplayValueAlignmentFactors, VizOrientation, type FieldDisplay } from "@grafana/data";
import { BarGaugeNamePlacement, BarGaugeValueMode, type BarGaugeDisplayMode, type VizTextDisplayOptions } from "@grafana/schema";
import { BarGauge, VizRepeater, type VizRepeaterRenderValueProps } from "@grafana/ui";
import type { ReactElement } from "react";
import { reduceFields, type PanelProps, type ReducingOptions } from "./panelProps";

interface BarGaugeOptions extends ReducingOptions {
  readonly displayMode: BarGaugeDisplayMode;
  readonly showUnfilled: boolean;
  readonly valueMode: BarGaugeValueMode;
  readonly namePlacement: BarGaugeNamePlacement;
  readonly minVizHeight: number;
  readonly maxVizHeight: number;
  readonly minVizWidth: number;
  readonly orientation: VizOrientation;
  readonly text?: VizTextDisplayOptions;
}

type AlignmentFactors = ReturnType<typeof getDisplayValueAlignmentFactors>;

/** Grafana's bar gauge: one bar per series, or per histogram bucket. */
export function BarGaugePanel(props: PanelProps): ReactElement {
  const options = props.panel.options as BarGaugeOptions;
  const { minVizHeight, maxVizHeight, minVizWidth, orientation } = options;
  return (
    <VizRepeater<FieldDisplay, AlignmentFactors>
      getValues={() => reduceFields(props, options, false)} getAlignmentFactors={getDisplayValueAlignmentFactors}
      source={props.frames} renderCounter={0} width={props.width} height={props.height} orientation={orientation}
      itemSpacing={10} minVizHeight={minVizHeight} maxVizHeight={maxVizHeight} minVizWidth={minVizWidth}
      renderValue={(valueProps) => <Bar {...valueProps} options={options} theme={props.theme} />}
    />
  );
}

type BarProps = VizRepeaterRenderValueProps<FieldDisplay, AlignmentFactors> & {
  options: BarGaugeOptions;
  theme: PanelProps["theme"];
};

function Bar({ value, width, height, orientation, count, alignmentFactors, options, theme }: BarProps): ReactElement {
  const { field, display, view, colIndex } = value;
  return (
    <BarGauge
      value={display} field={field} display={view?.getFieldDisplayProcessor(colIndex ?? 0)} text={options.text}
      width={width} height={height} orientation={orientation} theme={theme} alignmentFactors={count > 1 ? alignmentFactors : undefined}
      displayMode={options.displayMode} showUnfilled={options.showUnfilled} valueDisplayMode={options.valueMode}
      namePlacement={options.namePlacement} itemSpacing={10} lcdCellWidth={12}
    />
  );
}
