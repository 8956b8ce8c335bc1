import { DashboardCursorSync, EventBusSrv } from "@grafana/data";
import type { PanelContext } from "@grafana/ui";

/** One cross-hair through all graphs, as the dashboards' `graphTooltip: 1` asks. */
export const pointing: PanelContext = {
  eventsScope: "preview",
  eventBus: new EventBusSrv(),
  sync: () => DashboardCursorSync.Crosshair,
};
