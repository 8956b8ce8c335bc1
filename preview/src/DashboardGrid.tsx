import { Icon } from "@grafana/ui";
import { useEffect, useMemo, useRef, useState, type CSSProperties, type ReactElement, type RefObject } from "react";
import type { AnnotationRegion } from "./annotations";
import type { Dashboard, GridPosition, Panel } from "./dashboard";
import { DashboardPanel } from "./DashboardPanel";
import type { QueryContext } from "./interpolation";
import { toggled } from "./toggled";

const COLUMNS = 24;
const ROW_HEIGHT = 30;
const GAP = 8;
/** A narrower grid (pixels) has one column, as on a phone. */
const MIN_WIDTH_OF_COLUMNS = 768;

interface DashboardGridProps {
  readonly dashboard: Dashboard;
  readonly context: QueryContext | undefined;
  readonly annotations: readonly AnnotationRegion[];
}

/** A row title or a panel, and its position in grid units. */
interface GridItem {
  readonly panel: Panel;
  readonly position: GridPosition;
  /** The number of panels in a row; 0 for a panel. */
  readonly panelCount: number;
}

/** A row title and its panels; without a title for the panels above the first row. */
interface Row {
  readonly title: Panel | undefined;
  readonly panels: readonly Panel[];
}

/** The panels in Grafana's grid: 24 columns, rows of 30 pixels, gaps of 8 pixels; one column if the window is narrow. */
export function DashboardGrid({ dashboard, context, annotations }: DashboardGridProps): ReactElement {
  const [element, gridWidth] = useElementWidth();
  const [collapsed, setCollapsed] = useState(() => initiallyCollapsed(dashboard.panels));
  const stacked = gridWidth < MIN_WIDTH_OF_COLUMNS;
  const items = useMemo(() => layOut(dashboard.panels, collapsed, stacked), [dashboard, collapsed, stacked]);
  const bottom = Math.max(...items.map(({ position: { y, h } }) => y + h));
  const panelCount = items.filter(({ panel }) => panel.type !== "row").length;
  const toggle = (id: number): void => setCollapsed((previous) => toggled(previous, id));
  return (
    <main ref={element} style={{ height: bottom * (ROW_HEIGHT + GAP) - GAP }} data-panels={panelCount}>
      {gridWidth > 0 &&
        items.map((item) => <PositionedItem key={item.panel.id} {...{ item, gridWidth, context, annotations, collapsed, toggle }} />)}
    </main>
  );
}

interface PositionedItemProps extends Omit<DashboardGridProps, "dashboard"> {
  readonly item: GridItem;
  readonly gridWidth: number;
  readonly collapsed: ReadonlySet<number>;
  readonly toggle: (id: number) => void;
}

function PositionedItem({ item, gridWidth, context, annotations, collapsed, toggle }: PositionedItemProps): ReactElement {
  const { panel, panelCount } = item;
  const position = pixelPosition(item.position, gridWidth);
  const { width, height } = position;
  return (
    <div className="grid-item" style={position}>
      {panel.type === "row" ? (
        <RowTitle title={panel.title} panelCount={panelCount} expanded={!collapsed.has(panel.id)} onToggle={() => toggle(panel.id)} />
      ) : (
        <DashboardPanel {...{ panel, context, annotations, width, height }} />
      )}
    </div>
  );
}

/** Return a position in pixels, rounded as Grafana's grid rounds it. */
function pixelPosition({ x, y, w, h }: GridPosition, gridWidth: number): CSSProperties & { width: number; height: number } {
  const columnWidth = (gridWidth - GAP * (COLUMNS - 1)) / COLUMNS;
  return {
    left: Math.round(x * (columnWidth + GAP)),
    top: y * (ROW_HEIGHT + GAP),
    width: Math.round(w * columnWidth + (w - 1) * GAP),
    height: h * ROW_HEIGHT + (h - 1) * GAP,
  };
}

interface RowTitleProps {
  readonly title: string;
  readonly panelCount: number;
  readonly expanded: boolean;
  readonly onToggle: () => void;
}

/** A row's title, which collapses and expands the row; a collapsed row shows its number of panels. */
function RowTitle({ title, panelCount, expanded, onToggle }: RowTitleProps): ReactElement {
  return (
    <h2 className="row-title">
      <button type="button" aria-expanded={expanded} onClick={onToggle}>
        <Icon name={expanded ? "angle-down" : "angle-right"} />
        {title}
        {!expanded && <small>({panelCount === 1 ? "1 panel" : `${panelCount} panels`})</small>}
      </button>
    </h2>
  );
}

/** Return the ids of the rows that the dashboard's JSON collapses. */
function initiallyCollapsed(panels: readonly Panel[]): ReadonlySet<number> {
  return new Set(panels.filter(({ collapsed }) => collapsed).map(({ id }) => id));
}

/**
 * Return the visible rows and panels; as in Grafana, the items below a collapsed row move up. In one column all have its
 * width and their own height.
 */
function layOut(panels: readonly Panel[], collapsed: ReadonlySet<number>, stacked: boolean): readonly GridItem[] {
  const items: GridItem[] = [];
  let bottom = 0;
  for (const { title, panels: rowPanels } of rowsOf(panels)) {
    if (title) items.push({ panel: title, position: { ...title.gridPos, y: bottom++ }, panelCount: rowPanels.length });
    if (title && collapsed.has(title.id)) continue;
    const [firstY, top] = [Math.min(...rowPanels.map(({ gridPos }) => gridPos.y)), bottom];
    for (const panel of inReadingOrder(rowPanels)) {
      const { gridPos } = panel;
      const position = stacked ? { x: 0, y: bottom, w: COLUMNS, h: gridPos.h } : { ...gridPos, y: gridPos.y - firstY + top };
      items.push({ panel, position, panelCount: 0 });
      bottom = Math.max(bottom, position.y + position.h);
    }
  }
  return items;
}

const inReadingOrder = (panels: readonly Panel[]): readonly Panel[] =>
  [...panels].sort(({ gridPos: left }, { gridPos: right }) => left.y - right.y || left.x - right.x);

/** In the dashboard's JSON a collapsed row contains its panels; an expanded row is followed by them. */
function rowsOf(panels: readonly Panel[]): readonly Row[] {
  const rows: { title: Panel | undefined; panels: Panel[] }[] = [{ title: undefined, panels: [] }];
  for (const panel of panels) {
    if (panel.type === "row") rows.push({ title: panel, panels: [...(panel.panels ?? [])] });
    else rows.at(-1)?.panels.push(panel);
  }
  return rows;
}

/** Return a reference for an element, and the element's width in pixels; 0 until it is mounted. */
function useElementWidth(): readonly [RefObject<HTMLElement | null>, number] {
  const element = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    if (element.current) observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}
