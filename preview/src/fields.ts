/** Field options and transformations: what Grafana does to frames between the query and the drawing. */
import {
  applyFieldOverrides,
  cacheFieldDisplayNames,
  FieldConfigOptionsRegistry,
  locationUtil,
  standardTransformers,
  standardTransformersRegistry,
  transformDataFrame,
  type DataFrame,
  type DataTransformerInfo,
  type FieldConfigPropertyItem,
  type GrafanaTheme2,
  type InterpolateFunction,
} from "@grafana/data";
import { firstValueFrom } from "rxjs";
import type { Panel } from "./dashboard";

const STANDARD = ["unit", "min", "max", "decimals", "displayName", "noValue", "thresholds", "mappings", "links", "color"];

locationUtil.initialize({
  config: { appSubUrl: "" } as Parameters<typeof locationUtil.initialize>[0]["config"],
  getVariablesUrlParams: () => ({}),
  getTimeRangeForUrl: () => ({ from: "", to: "" }),
});
standardTransformersRegistry.setInit(() =>
  [
    standardTransformers.joinByFieldTransformer,
    standardTransformers.organizeFieldsTransformer,
    standardTransformers.renameByRegexTransformer,
  ].map(registered),
);

function registered(info: DataTransformerInfo) {
  const { id, name } = info;
  return { id, name, transformation: () => Promise.resolve(info), editor: () => null, imageDark: "", imageLight: "" };
}

/** A panel's transformations, in their order. Rejects where this page does not know one. */
export async function transformed(panel: Panel, frames: DataFrame[]): Promise<DataFrame[]> {
  const wanted = panel.transformations ?? [];
  const strange = wanted.find(({ id }) => !standardTransformersRegistry.getIfExists(id));
  if (strange) throw new Error(`the preview does not know the transformation ${strange.id}`);
  return firstValueFrom(transformDataFrame(wanted, frames));
}

/** Frames with the panel's defaults and overrides, units, colours and links, ready to be drawn. */
export function dressed(panel: Panel, frames: DataFrame[], theme: GrafanaTheme2, replace: InterpolateFunction): DataFrame[] {
  const ready = applyFieldOverrides({
    data: frames,
    fieldConfig: panel.fieldConfig,
    fieldConfigRegistry: registryOf(panel),
    replaceVariables: replace,
    theme,
    timeZone: "browser",
  });
  cacheFieldDisplayNames(ready);
  return ready;
}

/** Grafana fills this from each panel's plug-in; here a panel's own JSON says which options it has. */
function registryOf(panel: Panel): FieldConfigOptionsRegistry {
  const { defaults, overrides } = panel.fieldConfig;
  const overridden = overrides.flatMap(({ properties }) => properties.map(({ id }) => id));
  const custom = [
    ...Object.keys((defaults.custom ?? {}) as object),
    ...overridden.filter((id) => id.startsWith("custom.")).map((id) => id.slice("custom.".length)),
  ];
  return new FieldConfigOptionsRegistry(() => [
    ...STANDARD.map((path) => property(path, path, false)),
    ...[...new Set(custom)].map((path) => property(`custom.${path}`, path, true)),
  ]);
}

function property(id: string, path: string, isCustom: boolean): FieldConfigPropertyItem {
  const nothing = (): null => null;
  return { id, path, name: id, isCustom, editor: nothing, override: nothing, process: (value) => value, shouldApply: () => true };
}
