import { getDisplayValueAlignmentFactors, VizOrientation, type FieldDisplay } from "@grafana/data";
import { BarGaugeNamePlacement, BarGaugeValueMode, type BarGaugeDisplayMode, type VizTextDisplayOptions } from "@grafana/schema";
import { BarGauge, VizRepeater, type VizRepeaterRenderValueProps } from "@grafana/ui";
import type { ReactElement } from "react";
import type { Drawing } from "./drawing";
import { reduced, type Reduced } from "./reduced";

interface BarOptions extends Reduced {
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

type Alignment = ReturnType<typeof getDisplayValueAlignmentFactors>;

/** Grafana's bar gauge: one bar for each series, or for each bucket. */
export function Bars(drawing: Drawing): ReactElement {
  const options = drawing.panel.options as BarOptions;
  const { minVizHeight, maxVizHeight, minVizWidth, orientation } = options;
  return (
    <VizRepeater<FieldDisplay, Alignment>
      getValues={() => reduced(drawing, options, false)} getAlignmentFactors={getDisplayValueAlignmentFactors}
      source={drawing.frames} renderCounter={0} width={drawing.width} height={drawing.height} orientation={orientation}
      itemSpacing={10} minVizHeight={minVizHeight} maxVizHeight={maxVizHeight} minVizWidth={minVizWidth}
      renderValue={(one) => <Bar {...one} options={options} theme={drawing.theme} />}
    />
  );
}

type BarProps = VizRepeaterRenderValueProps<FieldDisplay, Alignment> & { options: BarOptions; theme: Drawing["theme"] };

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
