/** Template variables: their options, queried from Prometheus, and their selected values. */
import type { TimeRange } from "@grafana/data";
import { useEffect, useMemo, useState } from "react";
import type { Variable } from "./dashboard";
import { ALL, type VariableValues } from "./interpolation";
import { labelValues, PrometheusError } from "./prometheus";

interface VariableState {
  /** Undefined until the options were queried for the first time. */
  readonly values: VariableValues | undefined;
  readonly options: VariableValues;
  /** Set while Prometheus does not respond; the values are then those of the URL. */
  readonly error: string | undefined;
}

interface QueriedOptions {
  readonly uid: string;
  readonly options: VariableValues;
  readonly error: string | undefined;
}

/** Return the values and options of a dashboard's variables; the options are queried again for each time range. */
export function useVariables(
  uid: string,
  variables: readonly Variable[],
  timeRange: TimeRange,
  urlValues: VariableValues,
): VariableState {
  const [latest, setLatest] = useState<QueriedOptions>();
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const store = (options: VariableValues, error?: string): void => {
      if (!signal.aborted) setLatest({ uid, options, error });
    };
    queryOptions(variables, timeRange, signal).then(
      (options) => store(options),
      (error: unknown) => store({}, error instanceof PrometheusError && error.unreachable ? error.message : undefined),
    );
    return () => controller.abort();
  }, [uid, variables, timeRange]);
  const queried = latest?.uid === uid ? latest : undefined;
  // Through JSON, so that equal values are the same object and no panel queries again.
  const json = JSON.stringify(queried && selectAll(variables, urlValues, queried.options));
  const values = useMemo(() => (json === undefined ? undefined : (JSON.parse(json) as VariableValues)), [json]);
  return { values, options: queried?.options ?? {}, error: queried?.error };
}

function selectAll(variables: readonly Variable[], urlValues: VariableValues, options: VariableValues): VariableValues {
  return Object.fromEntries(
    variables.map((variable) => [variable.name, selectedValues(variable, urlValues[variable.name] ?? [], options[variable.name] ?? [])]),
  );
}

/** Return a variable's values: those of the URL, else the dashboard's own that still exist, else the first option. */
function selectedValues(variable: Variable, urlValues: readonly string[], options: readonly string[]): readonly string[] {
  if (urlValues.length > 0) return variable.multi ? urlValues : urlValues.slice(0, 1);
  const defaults = [variable.current?.value ?? []].flat();
  const existing = defaults.filter((value) => value === ALL || options.includes(value));
  if (existing.length > 0) return existing;
  return variable.includeAll ? [ALL] : options.slice(0, 1);
}

async function queryOptions(variables: readonly Variable[], timeRange: TimeRange, signal: AbortSignal): Promise<VariableValues> {
  const entries = variables.map(async (variable) => [variable.name, await optionsOf(variable, timeRange, signal)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function optionsOf({ query }: Variable, timeRange: TimeRange, signal: AbortSignal): Promise<readonly string[]> {
  if (typeof query === "string") return [query];
  const [, selector, label] = /^label_values\((\w+|\w*\{[^$]*\}), (\w+)\)$/.exec(query.query) ?? [];
  if (selector === undefined || label === undefined) {
    throw new Error(`${query.query}: variable query not supported; use label_values(metric{label="value"}, label)`);
  }
  return labelValues(selector, label, timeRange, signal);
}
