/** Grafana's defaults, which the generator writes into every dashboard; a panel without them gets the same ones here. */
import grafanaDefaults from "../../generator/rendering/schemas/grafana_defaults.json";
import type { Panel } from "./dashboard";

type Options = { readonly [name: string]: unknown };

const PANELS: Readonly<Record<string, { readonly options: Options; readonly custom?: Options }>> = grafanaDefaults.panels;

/** Return the panel with each default of its type that it lacks; a row, or a panel of an unknown type, as it is. */
export function withDefaults(panel: Panel): Panel {
  const known = PANELS[panel.type];
  if (known === undefined) return panel;
  const { defaults, overrides } = panel.fieldConfig;
  const field = known.custom ? { ...grafanaDefaults.field, custom: known.custom } : grafanaDefaults.field;
  return {
    ...panel,
    fieldConfig: { defaults: filled(defaults as Options, field), overrides },
    options: filled(panel.options as Options, known.options),
  };
}

/** Return the options with each default that they lack, at any depth of objects. */
function filled(options: Options, defaults: Options): Options {
  const missing = Object.entries(defaults).map(([name, value]) => {
    return [name, isObject(value) && isObject(options[name]) ? filled(options[name], value) : (options[name] ?? value)];
  });
  return { ...options, ...Object.fromEntries(missing) };
}

const isObject = (value: unknown): value is Options => typeof value === "object" && value !== null && !Array.isArray(value);
