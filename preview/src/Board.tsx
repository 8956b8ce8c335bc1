import { useEffect, useMemo, useRef, useState, type CSSProperties, type ReactElement, type RefObject } from "react";
import type { Span } from "./annotations";
import type { Situation } from "./asking";
import type { Dashboard, GridPosition } from "./dashboard";
import { PanelBox } from "./PanelBox";
import { RowHead } from "./RowHead";
import { foldedAtFirst, laidOut, type Laid } from "./rows";

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
  const [folded, setFolded] = useState(() => foldedAtFirst(dashboard.panels));
  const shown = useMemo(() => laidOut(dashboard.panels, folded), [dashboard, folded]);
  const bottom = Math.max(...shown.map(({ panel, y }) => y + panel.gridPos.h));
  const drawn = shown.filter(({ panel }) => panel.type !== "row");
  const fold = (id: number): void => setFolded((before) => toggled(before, id));
  return (
    <main ref={frame} style={{ height: bottom * (CELL + GAP) - GAP }} data-panels={drawn.length}>
      {width > 0 && shown.map((laid) => <Placed key={laid.panel.id} {...{ laid, situation, spans, folded, fold }} board={width} />)}
    </main>
  );
}

function toggled(ids: ReadonlySet<number>, id: number): ReadonlySet<number> {
  return ids.has(id) ? new Set([...ids].filter((one) => one !== id)) : new Set([...ids, id]);
}

interface PlacedProps extends Omit<BoardProps, "dashboard"> {
  readonly laid: Laid;
  readonly board: number;
  readonly folded: ReadonlySet<number>;
  readonly fold: (id: number) => void;
}

function Placed({ laid: { panel, y, under }, situation, spans, board, folded, fold }: PlacedProps): ReactElement {
  const place = placeOf({ ...panel.gridPos, y }, board);
  const { width, height } = place;
  return (
    <div className="placed" style={place}>
      {panel.type === "row" ? (
        <RowHead title={panel.title} under={under} open={!folded.has(panel.id)} onFold={() => fold(panel.id)} />
      ) : (
        <PanelBox {...{ panel, situation, spans, width, height }} />
      )}
    </div>
  );
}

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
