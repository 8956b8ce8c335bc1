import { DashboardCursorSync, EventBusSrv } from "@grafana/data";
import type { PanelContext } from "@grafana/ui";

/** The panel context that shares one crosshair among all graphs, as the dashboards' `graphTooltip: 1` requests. */
export const sharedCrosshair: PanelContext = {
  eventsScope: "preview",
  eventBus: new EventBusSrv(),
  sync: () => DashboardCursorSync.Crosshair,
};
