import { useEffect, useRef, useState, type CSSProperties, type ReactElement, type RefObject } from "react";
import type { Span } from "./annotations";
import type { Situation } from "./asking";
import type { Dashboard, GridPosition, Panel } from "./dashboard";
import { PanelBox } from "./PanelBox";

const COLUMNS = 24;
const CELL = 30;
const GAP = 8;

interface BoardProps {
  readonly dashboard: Dashboard;
  readonly situation: Situation | undefined;
  readonly spans: readonly Span[];
}

/** The panels in Grafana's grid: 24 columns, rows of 30 pixels, 8 between them. */
export function Board({ dashboard, situation, spans }: BoardProps): ReactElement {
  const [frame, width] = useWidth();
  const bottom = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  return (
    <main ref={frame} style={{ height: bottom * (CELL + GAP) - GAP }} data-panels={drawnIn(dashboard).length}>
      {width > 0 && dashboard.panels.map((panel) => <Placed key={panel.id} {...{ panel, situation, spans }} board={width} />)}
    </main>
  );
}

const drawnIn = ({ panels }: Dashboard): readonly Panel[] => panels.filter(({ type }) => type !== "row");

function Placed({ panel, situation, spans, board }: Omit<BoardProps, "dashboard"> & { panel: Panel; board: number }): ReactElement {
  const place = placeOf(panel.gridPos, board);
  return (
    <div className="placed" style={place}>
      {panel.type === "row" ? <h2>{panel.title}</h2> : <PanelBox {...{ panel, situation, spans, ...sizeOf(place) }} />}
    </div>
  );
}

const sizeOf = ({ width, height }: { width: number; height: number }) => ({ width, height });

function placeOf({ x, y, w, h }: GridPosition, board: number): CSSProperties & { width: number; height: number } {
  const column = (board - GAP * (COLUMNS - 1)) / COLUMNS;
  return {
    left: x * (column + GAP),
    top: y * (CELL + GAP),
    width: Math.floor(w * column + (w - 1) * GAP),
    height: h * CELL + (h - 1) * GAP,
  };
}

/** The width in pixels of the element that the reference is given to; 0 until it is there. */
function useWidth(): readonly [RefObject<HTMLElement | null>, number] {
  const frame = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    if (frame.current) watch.observe(frame.current);
    return () => watch.disconnect();
  }, []);
  return [frame, width];
}
