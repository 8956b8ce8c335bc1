/** Field configuration: a panel's units, thresholds, colors, links and overrides, applied to its data frames. */
import {
  applyFieldOverrides,
  cacheFieldDisplayNames,
  FieldConfigOptionsRegistry,
  locationUtil,
  type DataFrame,
  type FieldConfigPropertyItem,
  type GrafanaTheme2,
  type InterpolateFunction,
} from "@grafana/data";
import type { Panel } from "./dashboard";

const STANDARD_OPTIONS = ["unit", "min", "max", "decimals", "displayName", "noValue", "thresholds", "mappings", "links", "color"];

locationUtil.initialize({
  config: { appSubUrl: "" } as Parameters<typeof locationUtil.initialize>[0]["config"],
  getVariablesUrlParams: () => ({}),
  getTimeRangeForUrl: () => ({ from: "", to: "" }),
});

/** Return the frames with the panel's field options and overrides applied. */
export function applyFieldConfig(panel: Panel, frames: DataFrame[], theme: GrafanaTheme2, interpolate: InterpolateFunction): DataFrame[] {
  const configured = applyFieldOverrides({
    data: frames,
    fieldConfig: panel.fieldConfig,
    fieldConfigRegistry: optionsRegistry(panel),
    replaceVariables: interpolate,
    theme,
    timeZone: "browser",
  });
  cacheFieldDisplayNames(configured);
  return configured;
}

/** Grafana fills this registry from the panel's plugin; here the custom options are those in the panel's JSON. */
function optionsRegistry(panel: Panel): FieldConfigOptionsRegistry {
  const { defaults, overrides } = panel.fieldConfig;
  const overridden = overrides.flatMap(({ properties }) => properties.map(({ id }) => id));
  const custom = [
    ...Object.keys((defaults.custom ?? {}) as object),
    ...overridden.filter((id) => id.startsWith("custom.")).map((id) => id.slice("custom.".length)),
  ];
  return new FieldConfigOptionsRegistry(() => [
    ...STANDARD_OPTIONS.map((path) => optionItem(path, path, false)),
    ...[...new Set(custom)].map((path) => optionItem(`custom.${path}`, path, true)),
  ]);
}

function optionItem(id: string, path: string, isCustom: boolean): FieldConfigPropertyItem {
  const noEditor = (): null => null;
  return { id, path, name: id, isCustom, editor: noEditor, override: noEditor, process: (value) => value, shouldApply: () => true };
}
