import { useMemo, type ReactElement } from "react";
import type { TableCellHeight } from "@grafana/schema";
import type { TableSortByFieldState } from "@grafana/ui";
import { TableNG } from "@grafana/ui/unstable";
import type { Drawing } from "./drawing";

interface TableOptions {
  readonly showHeader: boolean;
  readonly sortBy: TableSortByFieldState[];
  readonly cellHeight: TableCellHeight;
}

/** Grafana's table, with its columns' units, colours and links. */
export function Columns({ panel, frames, width, height, range }: Drawing): ReactElement {
  const { showHeader, sortBy, cellHeight } = panel.options as TableOptions;
  const frame = frames[0];
  const first = useMemo(() => sortBy, [sortBy]);
  if (frame === undefined) throw new Error("a table needs a frame");
  return (
    <TableNG
      data={frame} width={width} height={height} timeRange={range} noHeader={!showHeader} sortBy={first} cellHeight={cellHeight}
      enableVirtualization={false} disableSanitizeHtml={false}
    />
  );
}
