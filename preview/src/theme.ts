import { createTheme, type GrafanaTheme2 } from "@grafana/data";

/** Corners of Grafana 12, in pixels; those of the packages' own version are rounder. */
const SHAPE = { borderRadiusSm: 2, borderRadius: 6, borderRadiusLg: 6 };
/** Panels of Grafana 12, in units of 8 pixels; those of the packages' own version have a higher header. */
const PANEL = { padding: 1, headerHeight: 4 };

/** Return Grafana's light or dark theme, with the sizes of Grafana 12. */
export function grafanaTheme(light: boolean): GrafanaTheme2 {
  return createTheme({ colors: { mode: light ? "light" : "dark" }, shape: SHAPE, components: { panel: PANEL } });
}
