import { getDisplayValueAlignmentFactors, VizOrientation, type FieldDisplay } from "@grafana/data";
import type { PercentChangeColorMode, VizTextDisplayOptions } from "@grafana/schema";
import {
  BigValue, VizRepeater, type BigValueColorMode, BigValueGraphMode, type BigValueJustifyMode, type BigValueTextMode,
  type VizRepeaterRenderValueProps,
} from "@grafana/ui";
import type { ReactElement } from "react";
import type { Drawing } from "./drawing";
import { reduced, type Reduced } from "./reduced";

interface StatOptions extends Reduced {
  readonly colorMode: BigValueColorMode;
  readonly graphMode: BigValueGraphMode;
  readonly justifyMode: BigValueJustifyMode;
  readonly textMode: BigValueTextMode;
  readonly percentChangeColorMode: PercentChangeColorMode;
  readonly wideLayout: boolean;
  readonly text?: VizTextDisplayOptions;
}

/** Grafana's stat: the last value of each series, with its course as a spark line. */
export function Stats(drawing: Drawing): ReactElement {
  const options = drawing.panel.options as StatOptions;
  const values = (): FieldDisplay[] => reduced(drawing, options, options.graphMode !== BigValueGraphMode.None);
  return (
    <VizRepeater<FieldDisplay, ReturnType<typeof getDisplayValueAlignmentFactors>>
      getValues={values} getAlignmentFactors={getDisplayValueAlignmentFactors} source={drawing.frames} renderCounter={0}
      width={drawing.width} height={drawing.height} orientation={VizOrientation.Auto} itemSpacing={3} autoGrid
      renderValue={(one) => <Stat {...one} options={options} theme={drawing.theme} />}
    />
  );
}

type StatProps = VizRepeaterRenderValueProps<FieldDisplay, ReturnType<typeof getDisplayValueAlignmentFactors>> & {
  options: StatOptions;
  theme: Drawing["theme"];
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

