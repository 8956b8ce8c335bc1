import type { ReactElement } from "react";
import type { TableCellHeight } from "@grafana/schema";
import type { TableSortByFieldState } from "@grafana/ui";
import { TableNG } from "@grafana/ui/unstable";
import type { PanelProps } from "./panelProps";

interface TableOptions {
  readonly showHeader: boolean;
  readonly sortBy: TableSortByFieldState[];
  readonly cellHeight: TableCellHeight;
}

/** Grafana's table, with the units, colors and links of its columns. */
export function TablePanel({ panel, frames, width, height, timeRange }: PanelProps): ReactElement {
  const { showHeader, sortBy, cellHeight } = panel.options as TableOptions;
  const frame = frames[0];
  if (frame === undefined) throw new Error("a table needs a data frame");
  return (
    <TableNG
      data={frame} width={width} height={height} timeRange={timeRange} noHeader={!showHeader} sortBy={sortBy} cellHeight={cellHeight}
      enableVirtualization={false} disableSanitizeHtml={false}
    />
  );
}
