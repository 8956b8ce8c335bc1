import { LoadingState, type InterpolateFunction } from "@grafana/data";
import { ErrorBoundary, Menu, PanelChrome, useTheme2 } from "@grafana/ui";
import { useMemo, type ComponentType, type ReactElement } from "react";
import type { AnnotationRegion } from "./annotations";
import type { Panel } from "./dashboard";
import { applyFieldConfig } from "./fieldConfig";
import { dataLinkInterpolation, type QueryContext } from "./interpolation";
import { BarGaugePanel } from "./panels/BarGaugePanel";
import { GaugePanel } from "./panels/GaugePanel";
import { HeatmapPanel } from "./panels/HeatmapPanel";
import type { PanelProps } from "./panels/panelProps";
import { StatPanel } from "./panels/StatPanel";
import { TablePanel } from "./panels/TablePanel";
import { TimeSeriesPanel } from "./panels/TimeSeriesPanel";
import { panelQueries, usePanelData, type PanelData } from "./queries";
import { navigate, withParameters } from "./url";

/** The components by Grafana's panel type. */
const PANEL_COMPONENTS: Readonly<Record<string, ComponentType<PanelProps>>> = {
  timeseries: TimeSeriesPanel,
  stat: StatPanel,
  gauge: GaugePanel,
  bargauge: BarGaugePanel,
  table: TablePanel,
  heatmap: HeatmapPanel,
};

/** Panel types that render the panel's `noValue` text themselves, in the size and the color of a value. */
const RENDERS_NO_VALUE: ReadonlySet<string> = new Set(["stat", "gauge", "bargauge"]);

/** Panel types that do not have a `noValue` text. */
const IGNORES_NO_VALUE: ReadonlySet<string> = new Set(["heatmap"]);

/** The space between a panel's border or header and its content, in pixels, as in Grafana 12. */
const PADDING = 8;
const PADDINGS: Readonly<Record<string, { readonly top: number; readonly others: number }>> = {
  stat: { top: 0, others: 0 },
  table: { top: 0, others: PADDING },
};

interface DashboardPanelProps {
  readonly panel: Panel;
  readonly context: QueryContext | undefined;
  readonly annotations: readonly AnnotationRegion[];
  readonly width: number;
  readonly height: number;
}

/** A panel with its frame, title and description; it shows its data, its `noValue` text or its error. */
export function DashboardPanel(props: DashboardPanelProps): ReactElement {
  const { panel, context, width, height } = props;
  const data = usePanelData(panel, context, width);
  return (
    <ErrorBoundary boundaryName="panel" dependencies={[panel, data]}>
      {({ error }) => (
        <section className="panel" data-panel={panel.id} data-title={panel.title} data-state={error ? "failed" : stateOf(panel, data)}>
          <PanelChrome
            title={panel.title} description={panel.description} width={width} height={height}
            loadingState={data.state === "loading" ? LoadingState.Loading : LoadingState.Done}
            padding="none" menu={() => <PanelMenu {...props} />}
            statusMessage={error?.message ?? (data.state === "failed" ? data.message : undefined)}
          >
            {(innerWidth, innerHeight) =>
              error ? <PanelError message={error.message} /> : <PaddedContent {...props} data={data} width={innerWidth} height={innerHeight} />
            }
          </PanelChrome>
        </section>
      )}
    </ErrorBoundary>
  );
}

/** The menu in the panel's header; as in Grafana it takes its place beside the title even while it is hidden. */
function PanelMenu({ panel, context, width }: DashboardPanelProps): ReactElement {
  const copy = (): void => void (context && navigator.clipboard.writeText(panelQueries(panel, context, width).join("\n")));
  return (
    <Menu>
      <Menu.Item label="Copy PromQL" icon="copy" onClick={copy} />
    </Menu>
  );
}

function stateOf(panel: Panel, data: PanelData): "loading" | "failed" | "empty" | "drawn" {
  if (data.state !== "loaded") return data.state;
  return PANEL_COMPONENTS[panel.type] === undefined ? "failed" : isEmpty(data) ? "empty" : "drawn";
}

const isEmpty = (data: PanelData): boolean => data.state !== "failed" && data.frames.every(({ length }) => length === 0);

function PaddedContent(props: DashboardPanelProps & { data: PanelData }): ReactElement {
  const { panel, data, width, height } = props;
  const { top, others } = (!isEmpty(data) && PADDINGS[panel.type]) || { top: PADDING, others: PADDING };
  return (
    <div style={{ height, padding: `${top}px ${others}px ${others}px` }}>
      <PanelContent {...props} width={width - 2 * others} height={height - top - others} />
    </div>
  );
}

function PanelContent({ panel, context, annotations, width, height, data }: DashboardPanelProps & { data: PanelData }): ReactElement {
  const theme = useTheme2();
  const loaded = data.state === "failed" ? undefined : data.frames;
  const interpolate = useMemo<InterpolateFunction>(() => (context ? dataLinkInterpolation(context) : (text) => text), [context]);
  const frames = useMemo(() => applyFieldConfig(panel, loaded ?? [], theme, interpolate), [panel, loaded, theme, interpolate]);
  const PanelComponent = PANEL_COMPONENTS[panel.type];
  if (data.state === "failed") return <PanelError message={data.message} />;
  if (PanelComponent === undefined) return <PanelError message={`panel type ${panel.type}: not supported by the preview`} />;
  if (context === undefined || (data.state === "loading" && isEmpty(data))) return <></>;
  if (isEmpty(data) && !RENDERS_NO_VALUE.has(panel.type)) {
    return <p className="no-value">{noDataText(panel)}</p>;
  }
  return <PanelComponent {...{ panel, frames, width, height, annotations, theme, interpolate, onZoom }} timeRange={context.timeRange} />;
}

const noDataText = ({ type, fieldConfig }: Panel): string =>
  (IGNORES_NO_VALUE.has(type) ? undefined : fieldConfig.defaults.noValue) ?? "No data";

function PanelError({ message }: { message: string }): ReactElement {
  return (
    <p className="error" role="alert">
      {message}
    </p>
  );
}

function onZoom({ from, to }: { from: number; to: number }): void {
  navigate(withParameters({ from: [String(Math.round(from))], to: [String(Math.round(to))] }));
}
