/** Grafana's interpolation: template variables and macros in queries, annotations and data links. */
import { getFrameDisplayName, type DataContextScopedVar, type InterpolateFunction, type TimeRange } from "@grafana/data";
import type { Variable } from "./dashboard";
import { DEFAULT_MIN_STEP, timeMacros, timeRangeParameters } from "./timeRange";

/** The value of a variable that stands for all its options. */
export const ALL = "$__all";

/** Values by variable name; more than one value only for a variable that allows several. */
export type VariableValues = Readonly<Record<string, readonly string[]>>;

/** The input of all queries of a dashboard; a new object makes every panel query again. */
export interface QueryContext {
  readonly variables: readonly Variable[];
  readonly values: VariableValues;
  readonly timeRange: TimeRange;
}

/** Returns the replacement of `${name}`, `${name:format}` or `$name`. Throws for an unknown name or format. */
type Resolver = (name: string, format: string | undefined) => string;

const FIELD_PREFIX = "__data.fields.";
const LABEL_PREFIX = "__field.labels.";
const SERIES_NAME = "__series.name";

/** Interpolate a query or an annotation's query; steps in seconds. Throws for an unknown variable or format. */
export function interpolateQuery(text: string, context: QueryContext, step: number, minStep = DEFAULT_MIN_STEP): string {
  const macros = timeMacros(context.timeRange, step, minStep);
  const resolveVariable = variableResolver(context);
  return interpolate(text, (name, format) => macros[name] ?? resolveVariable(name, format));
}

/**
 * Return the function that interpolates data links and names: `${__data.fields.NAME}` of the row and `${__series.name}`
 * and `${__field.labels.NAME}` of the series that Grafana passes with each call, `${__url_time_range}`, and the dashboard's variables.
 */
export function dataLinkInterpolation(context: QueryContext): InterpolateFunction {
  const resolveVariable = variableResolver(context);
  return (text, scopedVars) =>
    interpolate(text ?? "", (name, format) => {
      const data = (scopedVars?.__dataContext as DataContextScopedVar | undefined)?.value;
      if (name === SERIES_NAME) return data ? getFrameDisplayName(data.frame, data.frameIndex) : "";
      if (name.startsWith(LABEL_PREFIX)) return data?.field.labels?.[name.slice(LABEL_PREFIX.length)] ?? "";
      if (name === "__url_time_range") return new URLSearchParams({ ...timeRangeParameters(context.timeRange) }).toString();
      if (!name.startsWith(FIELD_PREFIX)) return resolveVariable(name, format);
      const value = cellValue(data, name.slice(FIELD_PREFIX.length));
      return format === "percentencode" ? encodeURIComponent(value) : value;
    });
}

function interpolate(text: string, resolve: Resolver): string {
  return text.replace(/\$\{([\w.]+)(?::(\w+))?\}|\$(__\w+)/g, (_, name?: string, format?: string, macro?: string) =>
    resolve((name ?? macro) as string, format),
  );
}

/** Resolves a dashboard's variables: `${name:regex}` for matchers, `${name:queryparam}` for URLs. */
function variableResolver({ variables, values }: QueryContext): Resolver {
  return (name, format) => {
    const variable = variables.find((candidate) => candidate.name === name);
    if (!variable) throw new Error(`$${name}: not a variable of this dashboard`);
    const selected = values[name] ?? [];
    if (format === "queryparam") return selected.map((value) => `var-${name}=${encodeURIComponent(value)}`).join("&");
    if (format === undefined) return selected.join(",");
    if (format !== "regex") throw new Error(`\${${name}:${format}}: format not supported; use regex or queryparam`);
    return selected.includes(ALL) ? (variable.allValue ?? ".*") : regexOf(selected);
  };
}

function regexOf(values: readonly string[]): string {
  const escaped = values.map((value) => value.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return escaped.length === 1 ? (escaped[0] as string) : `(${escaped.join("|")})`;
}

function cellValue(row: DataContextScopedVar["value"] | undefined, name: string): string {
  const cells = row?.frame.fields.find((field) => field.name === name || field.config.displayName === name);
  return String(cells?.values[row?.rowIndex ?? -1] ?? "");
}
