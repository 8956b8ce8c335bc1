import { getDisplayValueAlignmentFactors, VizOrientation, type FieldDisplay } from "@grafana/data";
import type { PercentChangeColorMode, VizTextDisplayOptions } from "@grafana/schema";
import {
  BigValue, VizRepeater, type BigValueColorMode, BigValueGraphMode, type BigValueJustifyMode, type BigValueTextMode,
  type VizRepeaterRenderValueProps,
} from "@grafana/ui";
import type { ReactElement } from "react";
import { reduceFields, type PanelProps, type ReducingOptions } from "./panelProps";

interface StatOptions extends ReducingOptions {
  readonly colorMode: BigValueColorMode;
  readonly graphMode: BigValueGraphMode;
  readonly justifyMode: BigValueJustifyMode;
  readonly textMode: BigValueTextMode;
  readonly percentChangeColorMode: PercentChangeColorMode;
  readonly wideLayout: boolean;
  readonly text?: VizTextDisplayOptions;
}

type AlignmentFactors = ReturnType<typeof getDisplayValueAlignmentFactors>;

/** Grafana's stat: the reduced value of each series, with a sparkline of its history. */
export function StatPanel(props: PanelProps): ReactElement {
  const options = props.panel.options as StatOptions;
  const values = (): FieldDisplay[] => reduceFields(props, options, options.graphMode !== BigValueGraphMode.None);
  return (
    <VizRepeater<FieldDisplay, AlignmentFactors>
      getValues={values} getAlignmentFactors={getDisplayValueAlignmentFactors} source={props.frames} renderCounter={0}
      width={props.width} height={props.height} orientation={VizOrientation.Auto} itemSpacing={3} autoGrid
      renderValue={(valueProps) => <Stat {...valueProps} options={options} theme={props.theme} />}
    />
  );
}

type StatProps = VizRepeaterRenderValueProps<FieldDisplay, AlignmentFactors> & {
  options: StatOptions;
  theme: PanelProps["theme"];
};

function Stat({ value, width, height, count, alignmentFactors, options, theme }: StatProps): ReactElement {
  const { colorMode, graphMode, justifyMode, textMode, percentChangeColorMode, wideLayout } = options;
  return (
    <BigValue
      value={value.display} sparkline={value.sparkline} count={count} width={width} height={height} theme={theme}
      alignmentFactors={alignmentFactors} colorMode={colorMode} graphMode={graphMode} justifyMode={justifyMode}
      textMode={textMode} text={options.text} percentChangeColorMode={percentChangeColorMode} disableWideLayout={!wideLayout}
    />
  );
}
